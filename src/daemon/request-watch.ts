import type { Logger } from 'pino';
import type { Answer, Decision, PendingRequest } from '../codex/codex.ts';
import { reportOf } from '../errors.ts';
import { requestAloud, spokenRefused } from '../reply/messages.ts';
import type { Voice } from '../reply/voice.ts';
import type { Settings } from '../settings/schema.ts';

export interface RequestWatchParts {
  settings: () => Settings['approvals'];
  /** All requests that wait. */
  pending: () => readonly (PendingRequest & { project: string })[];
  answer: (id: string, hash: string, answer: Answer) => Promise<void>;
  /** Shows a request again. */
  remind: (id: string) => void;
  /** Tells the person why nothing was decided. */
  refuse: (why: string) => void;
  /** Finds a voice of the system; null: there is none. */
  voice: () => Promise<Voice | null>;
  logger: Logger;
}

/** Requests while they wait: shown again from time to time, and, where that is wanted, read aloud and answered by voice. */
export class RequestWatch {
  readonly #parts: RequestWatchParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #reading = new AbortController();
  /** Ids and hashes of those that were read out whole. */
  readonly #read = new Map<string, string>();

  constructor(parts: RequestWatchParts) {
    this.#parts = parts;
  }

  /** Codex has asked. */
  announced(project: string, request: PendingRequest): void {
    clearInterval(this.#timers.get(request.id));
    const every = this.#parts.settings().remind_seconds * 1_000;
    // Time reminds; it never decides.
    this.#timers.set(request.id, setInterval(() => this.#parts.remind(request.id), every).unref());
    if (this.#parts.settings().spoken) void this.#readOut(project, request);
  }

  resolved(id: string): void {
    clearInterval(this.#timers.get(id));
    this.#timers.delete(id);
    this.#read.delete(id);
    this.hush();
  }

  /** Ends what is being read: the person speaks. */
  hush(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
  }

  /**
   * Takes a transcript that answers a request. True: it was meant as one, whatever came of it, and is no prompt.
   * Only the whole utterance counts, and only for the one request that was read out whole and is as it was then.
   */
  async decide(transcript: string): Promise<boolean> {
    const { settings, pending, answer, refuse, logger } = this.#parts;
    if (!settings().spoken) return false;
    const decision = this.#decisionOf(transcript);
    const [request, ...others] = pending();
    if (!decision || !request) return false;
    const why = this.#whyNot(request, others.length > 0, decision);
    try {
      if (why !== null) refuse(why);
      else await answer(request.id, request.hash, { decision });
    } catch (error) {
      logger.info({ err: error }, 'a spoken answer was not taken');
      refuse(reportOf(error).message);
    }
    return true;
  }

  close(): void {
    this.#reading.abort();
    for (const timer of this.#timers.values()) clearInterval(timer);
    this.#timers.clear();
  }

  #whyNot(request: PendingRequest, several: boolean, decision: Decision): string | null {
    if (several) return spokenRefused.several;
    if (request.dangers.length > 0) return spokenRefused.dangerous(request.dangers);
    if (this.#read.get(request.id) !== request.hash) return spokenRefused.unread;
    return request.decisions.includes(decision) ? null : spokenRefused.several;
  }

  #decisionOf(transcript: string): 'approve' | 'deny' | null {
    const { approve, deny } = this.#parts.settings();
    const said = normal(transcript);
    const matches = (phrases: readonly string[]): boolean =>
      phrases.some((phrase) => normal(phrase) === said);
    // A phrase of both lists means nothing.
    if (matches(approve) === matches(deny)) return null;
    return matches(approve) ? 'approve' : 'deny';
  }

  async #readOut(project: string, request: PendingRequest): Promise<void> {
    const { signal } = this.#reading;
    const voice = await this.#parts.voice();
    if (voice === null) {
      this.#parts.logger.warn(
        'there is no voice program: requests cannot be read out, nor answered by voice',
      );
      return;
    }
    if (await voice.say(requestAloud(request, project), signal)) this.#read.set(request.id, request.hash);
  }
}

/** Words without case and punctuation. */
function normal(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
