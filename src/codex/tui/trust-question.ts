import type { Answer, PendingRequest } from '../../agent/requests.ts';
import { exactText } from '../../text/clean.ts';
import { asks, neverUsed, trustDetail } from '../../wording/notifications.ts';
import { hashOf } from '../requests/describe.ts';
import { requestChanged, requestGone, requestUnfit } from '../requests/errors.ts';
import { newId } from '../requests/pending-requests.ts';
import type { Screen } from './screen.ts';

export interface TrustQuestionListener {
  requested(request: PendingRequest): void;
  resolved(id: string): void;
  /** A person trusts the folder: Codex is to know it, and to go on. */
  trusted(): Promise<void>;
}

/**
 * The question whether a folder is trusted. Codex 0.169.0 asks it on the screen of its terminal alone, before the
 * composer; here it becomes a request as any other, so that a person who does not look there can decide too.
 */
export class TrustQuestion {
  readonly #listener: TrustQuestionListener;
  #request: PendingRequest | null = null;
  /** Decided here: what the screen still shows is not asked again. */
  #decided = false;

  constructor(listener: TrustQuestionListener) {
    this.#listener = listener;
  }

  get pending(): readonly PendingRequest[] {
    return this.#request === null ? [] : [this.#request];
  }

  /** The terminal shows this. @param directory the folder in question, absolute */
  seen(screen: Screen, directory: string): void {
    const asks = screen.kind === 'blocked' && screen.by === 'folder-trust';
    if (asks && this.#request === null && !this.#decided) {
      this.#request = trustRequest(directory);
      this.#listener.requested(this.#request);
    } else if (screen.kind === 'composer') {
      this.#resolve();
      this.#decided = false;
    }
  }

  /** Nobody waits for an answer any more. */
  lost(): void {
    this.#resolve();
    this.#decided = false;
  }

  /**
   * Takes an answer, once. @returns whether the folder is trusted
   * @throws VoiceError request-gone, request-changed, request-unfit
   */
  async answer(id: string, hash: string, answer: Answer): Promise<boolean> {
    const request = this.#request;
    if (request?.id !== id || this.#decided) throw requestGone();
    if (request.hash !== hash) throw requestChanged();
    if (!('decision' in answer) || !request.decisions.includes(answer.decision)) {
      const hint = 'It accepts: approve, deny.';
      throw requestUnfit('This request does not accept this answer.', hint);
    }
    const trusted = answer.decision === 'approve';
    this.#decided = true;
    try {
      if (trusted) await this.#listener.trusted();
    } catch (error) {
      this.#decided = false;
      throw error;
    }
    this.#resolve();
    return trusted;
  }

  #resolve(): void {
    const request = this.#request;
    this.#request = null;
    if (request) this.#listener.resolved(request.id);
  }
}

function trustRequest(directory: string): PendingRequest {
  const described = {
    kind: 'permissions' as const,
    title: asks.trust,
    detail: trustDetail(exactText(directory)),
    folder: directory,
    reason: neverUsed,
    decisions: ['approve', 'deny'] as const,
    questions: [],
    dangers: ['trusts what lies in a folder'],
  };
  return { ...described, id: newId(), hash: hashOf(described), at: new Date().toISOString() };
}
