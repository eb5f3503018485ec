import { randomBytes } from 'node:crypto';
import type { Answer, PendingRequest } from '../../agent/requests.ts';
import type { RequestId, UserRequest } from '../protocol.ts';
import { responseTo } from './answers.ts';
import { describeRequest, hashOf, type RequestContext } from './describe.ts';
import { requestChanged, requestGone } from './errors.ts';

interface Entry {
  request: UserRequest;
  pending: PendingRequest;
}

/** The requests of one session that wait for the user. Each can be answered once. */
export class PendingRequests {
  readonly #byCodexId = new Map<RequestId, Entry>();
  /** Answered here, but not yet reported as resolved. */
  readonly #answered = new Set<RequestId>();

  get all(): readonly PendingRequest[] {
    return [...this.#byCodexId.values()].map(({ pending }) => pending);
  }

  /**
   * Adds a request of Codex. A repeated request keeps its id. One with the same Codex id but different content replaces
   * the old one.
   * @returns the new request and the id of the one it replaces; null: it was known
   */
  add(
    request: UserRequest,
    context: RequestContext,
  ): { added: PendingRequest; replaced: string | null } | null {
    const described = describeRequest(request, context);
    const hash = hashOf(described);
    const known = this.#byCodexId.get(request.id);
    if (known?.pending.hash === hash) return null;
    const added = { ...described, id: newId(), hash, at: new Date().toISOString() };
    this.#byCodexId.set(request.id, { request, pending: added });
    this.#answered.delete(request.id);
    return { added, replaced: known?.pending.id ?? null };
  }

  /** Removes a request that Codex has resolved. @returns its id here; null when it was unknown */
  resolve(codexId: RequestId): string | null {
    const entry = this.#byCodexId.get(codexId);
    this.#byCodexId.delete(codexId);
    this.#answered.delete(codexId);
    return entry?.pending.id ?? null;
  }

  /** Removes all requests. @returns their ids */
  clear(): string[] {
    const ids = this.all.map(({ id }) => id);
    this.#byCodexId.clear();
    this.#answered.clear();
    return ids;
  }

  /**
   * Sends an answer to the request that was shown, once.
   * @throws VoiceError request-gone, request-changed, request-unfit
   */
  answer(id: string, hash: string, answer: Answer, respond: (id: RequestId, result: unknown) => void): void {
    const entry = [...this.#byCodexId.values()].find(({ pending }) => pending.id === id);
    if (!entry || this.#answered.has(entry.request.id)) throw requestGone();
    if (entry.pending.hash !== hash) throw requestChanged();
    const result = responseTo(entry.request, entry.pending, answer);
    respond(entry.request.id, result);
    this.#answered.add(entry.request.id);
  }
}

/** Short enough to type, and unique. */
export function newId(): string {
  return randomBytes(3).toString('hex');
}
