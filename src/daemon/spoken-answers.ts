import type { Logger } from 'pino';
import type { Answer, PendingRequest } from '../agent/requests.ts';
import { ALWAYS_DANGEROUS } from '../approvals/dangers.ts';
import { type VoicePermission, voicePermission } from '../approvals/voice.ts';
import type { SpokenAnswersState } from '../control/protocol.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { Fact, Publisher } from '../facts.ts';
import { spokenWords } from '../interpretation/spoken-words.ts';
import type { Settings } from '../settings/schema.ts';
import { requestAloud } from '../sounds/aloud.ts';
import type { Voice } from '../sounds/voice.ts';
import { aloud, noVoice } from '../sounds/wording.ts';
import * as messages from '../wording/notifications.ts';

type Pending = PendingRequest & { project: string };

export interface SpokenAnswersParts {
  settings: () => Pick<Settings['approvals'], 'spoken' | 'approve' | 'deny' | 'voice_commands'>;
  /** All requests that wait. */
  pending: () => readonly Pending[];
  answer: (id: string, hash: string, answer: Answer) => Promise<void>;
  bus: Publisher;
  /** Finds a voice of the system; null: there is none. */
  voice: () => Promise<Voice | null>;
  logger: Logger;
}

/** Why there are no spoken answers where they are switched on. */
export const NO_VOICE: ErrorReport = {
  code: 'voice-missing',
  ...noVoice,
};

/** Reads requests aloud, one after the other, and takes a phrase that decides about the one that was read. */
export class SpokenAnswers {
  readonly #parts: SpokenAnswersParts;
  /** Ids of those to be read, in order. */
  readonly #wanted = new Set<string>();
  /** What was read out whole, by the id of the request; `at`: when that was over, performance.now() in ms. */
  readonly #read = new Map<string, { hash: string; at: number }>();
  #now: { id: string; stop: AbortController } | null = null;
  #busy = false;
  #listening = false;

  constructor(parts: SpokenAnswersParts) {
    this.#parts = parts;
  }

  async state(): Promise<SpokenAnswersState> {
    if (!this.#parts.settings().spoken) return { state: 'off', voice: null };
    const voice = await this.#parts.voice();
    return voice === null
      ? { state: 'unavailable', voice: null, reason: NO_VOICE }
      : { state: 'on', voice: voice.program };
  }

  learn(fact: Fact): void {
    switch (fact.type) {
      case 'requested':
      case 'reminded':
        this.#readOut(fact.request);
        return;
      case 'resolved':
        this.#resolved(fact.request);
        return;
      case 'opening':
        this.#listens(true);
        return;
      case 'stage':
        this.#listens(fact.stage === 'listening');
        return;
    }
  }

  /**
   * Takes a transcript that answers a request. True: it was meant as one, whatever came of it, and is no prompt.
   * Only the whole utterance counts, and only for the one request that had been read out whole when it was begun, and
   * is as it was then.
   * @param pressedAt performance.now() of the key press, ms; null: not known, as of an earlier run of the daemon
   */
  async decide(transcript: string, pressedAt: number | null): Promise<boolean> {
    const { settings, pending, answer, logger } = this.#parts;
    if (!settings().spoken) return false;
    const meant = this.#meaning(transcript);
    const [request, ...others] = pending();
    if (meant === null || !request) return false;
    const why = await this.#whyNot(request, others.length > 0, meant, pressedAt);
    if (why !== null || meant === 'both') {
      this.#tell(messages.notDecided, why ?? messages.spokenRefused.both);
      return true;
    }
    try {
      await answer(request.id, request.hash, { decision: meant });
      this.#tell(messages.requestTitle(request.project, messages.decided[meant]), request.detail);
    } catch (error) {
      logger.info({ err: error }, 'a spoken answer was not taken');
      this.#tell(messages.notDecided, reportOf(error).message);
    }
    return true;
  }

  close(): void {
    this.#wanted.clear();
    this.#now?.stop.abort();
  }

  /** Reads a request, unless it was read already. */
  #readOut({ id, hash }: PendingRequest): void {
    if (this.#read.get(id)?.hash === hash) return;
    this.#wanted.add(id);
    void this.#go();
  }

  #resolved(id: string): void {
    this.#wanted.delete(id);
    this.#read.delete(id);
    if (this.#now?.id === id) this.#now.stop.abort();
  }

  /** While the microphone is open nothing is read; what was being read is not begun again by itself. */
  #listens(now: boolean): void {
    this.#listening = now;
    if (now) this.#now?.stop.abort();
    else void this.#go();
  }

  #tell(title: string, body: string): void {
    this.#parts.bus.publish({ type: 'notice', notice: { title, body } });
  }

  async #whyNot(
    request: Pending,
    several: boolean,
    meant: 'approve' | 'deny' | 'both',
    pressedAt: number | null,
  ): Promise<string | null> {
    const refused = messages.spokenRefused;
    if (several) return refused.several;
    const permission = this.#permission(request);
    const dangers = request.dangers.filter(
      (each) => permission !== 'named' || ALWAYS_DANGEROUS.includes(each),
    );
    if (dangers.length > 0) return refused.dangerous(dangers);
    if (meant !== 'both' && !request.decisions.includes(meant)) return refused.unfit;
    if (!requestAloud(request, request.project).whole) return refused.unreadable;
    if (meant !== 'deny' && permission === null) return refused.notListed;
    const read = this.#read.get(request.id);
    if (read?.hash === request.hash && pressedAt !== null && read.at <= pressedAt) return null;
    if ((await this.#parts.voice()) === null) return NO_VOICE.message;
    this.#readOut(request);
    return refused.unread;
  }

  /** Whether a voice may approve the command of a request; null: it may not, or the request is about something else. */
  #permission({ command, detail }: Pending): VoicePermission | null {
    if (command === undefined || command !== detail) return null;
    return voicePermission(command, this.#parts.settings().voice_commands);
  }

  /** What an utterance decides; `both`: the settings have it in both lists. */
  #meaning(transcript: string): 'approve' | 'deny' | 'both' | null {
    const { approve, deny } = this.#parts.settings();
    const said = spokenWords(transcript);
    const among = (phrases: readonly string[]): boolean =>
      said !== '' && phrases.some((phrase) => spokenWords(phrase) === said);
    if (among(approve)) return among(deny) ? 'both' : 'approve';
    return among(deny) ? 'deny' : null;
  }

  /** Never rejects. */
  async #go(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let id = this.#next(); id !== null; id = this.#next()) {
        this.#wanted.delete(id);
        const request = this.#parts.pending().find((each) => each.id === id);
        if (request) await this.#readNow(request);
      }
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'a request could not be read aloud');
    } finally {
      this.#busy = false;
      this.#now = null;
    }
  }

  #next(): string | null {
    if (this.#listening || !this.#parts.settings().spoken) return null;
    return this.#wanted.values().next().value ?? null;
  }

  async #readNow(request: Pending): Promise<void> {
    const stop = new AbortController();
    this.#now = { id: request.id, stop };
    const voice = await this.#parts.voice();
    if (voice === null) this.#parts.logger.warn({ code: NO_VOICE.code }, NO_VOICE.message);
    else if (!this.#listening) {
      const { text, whole } = requestAloud(request, request.project);
      const unfit = this.#permission(request) === null && request.decisions.includes('approve');
      const heard = await voice.say(unfit ? `${text}. ${aloud.notByVoice}` : text, stop.signal);
      const at = performance.now();
      if (heard && whole && !stop.signal.aborted) this.#read.set(request.id, { hash: request.hash, at });
    }
  }
}
