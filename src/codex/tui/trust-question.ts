import type { Answer, PendingRequest } from '../../agent/requests.ts';
import { exactText } from '../../text/clean.ts';
import { asks, neverUsed, trustDetail } from '../../wording/notifications.ts';
import { hashOf } from '../requests/describe.ts';
import { requestChanged, requestGone, requestUnfit } from '../requests/errors.ts';
import { newId } from '../requests/pending-requests.ts';
import type { Screen } from './screen.ts';

interface TrustQuestionListener {
  requested(request: PendingRequest): void;
  resolved(id: string): void;
  /** The user trusts the folder: tell Codex, and continue. */
  trusted(): Promise<void>;
}

/**
 * The question whether to trust a folder. Codex 0.169.0 asks it only on the screen, before the composer. This class
 * makes an ordinary request of it, so that the user can also decide elsewhere.
 */
export class TrustQuestion {
  readonly #listener: TrustQuestionListener;
  #request: PendingRequest | null = null;
  /** True after a decision: the screen may still show the question for a moment. */
  #decided = false;

  constructor(listener: TrustQuestionListener) {
    this.#listener = listener;
  }

  get pending(): readonly PendingRequest[] {
    return this.#request === null ? [] : [this.#request];
  }

  /** Call it when the screen has changed. @param directory the folder in question, absolute */
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

  /** Withdraws the request. */
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
    dangers: ['trusts the contents of a folder'],
  };
  return { ...described, id: newId(), hash: hashOf(described), at: new Date().toISOString() };
}
