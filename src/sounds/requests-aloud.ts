import type { Logger } from 'pino';
import type { PendingRequest, WaitingRequest } from '../agent/requests.ts';
import { requestPermission } from '../approvals/voice.ts';
import type { ErrorReport } from '../errors.ts';
import type { Fact } from '../facts.ts';
import type { Settings } from '../settings/schema.ts';
import { requestAloud } from './aloud.ts';
import type { OpenMicrophone } from './open-microphone.ts';
import { NO_VOICE, type Voice } from './voice.ts';
import { aloud } from './wording.ts';

/** Whether requests can be answered by voice. */
interface SpokenAnswersState {
  state: 'off' | 'on' | 'unavailable';
  /** The program that reads requests aloud; null: none is needed, or there is none. */
  voice: string | null;
  reason?: ErrorReport;
}

interface RequestsAloudParts {
  settings: () => Pick<Settings['approvals'], 'spoken' | 'voice_commands'>;
  /** Returns all waiting requests. */
  pending: () => readonly WaitingRequest[];
  microphone: OpenMicrophone;
  /** Finds a voice of the system; null: there is none. */
  voice: () => Promise<Voice | null>;
  logger: Logger;
}

/** Reads requests aloud, one after another, and remembers which were read completely. */
export class RequestsAloud {
  readonly #parts: RequestsAloudParts;
  /** Ids of the requests to read, in order. */
  readonly #wanted = new Set<string>();
  /** Requests that were read completely, by id. `at`: performance.now() at the end, ms. */
  readonly #read = new Map<string, { hash: string; at: number }>();
  #now: { id: string; stop: AbortController } | null = null;
  #busy = false;

  constructor(parts: RequestsAloudParts) {
    this.#parts = parts;
    // A text that the microphone interrupted is not repeated automatically.
    parts.microphone.onChange((open) => {
      if (open) this.#now?.stop.abort();
      else void this.#go();
    });
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
    }
  }

  /** Returns when the current form of a request was read completely, performance.now() in ms; null: not yet. */
  readAt({ id, hash }: Pick<PendingRequest, 'id' | 'hash'>): number | null {
    const read = this.#read.get(id);
    return read?.hash === hash ? read.at : null;
  }

  /** True when a request can be read aloud completely. */
  isReadable(request: WaitingRequest): boolean {
    return requestAloud(request, request.project).whole;
  }

  /**
   * Reads a request again that was not heard completely. Resolves with the reason when it cannot be read; null: it is
   * being read.
   */
  async readAgain(request: PendingRequest): Promise<ErrorReport | null> {
    if ((await this.#parts.voice()) === null) return NO_VOICE;
    this.#readOut(request);
    return null;
  }

  close(): void {
    this.#wanted.clear();
    this.#now?.stop.abort();
  }

  /** Reads a request, unless it was already read. */
  #readOut(request: PendingRequest): void {
    if (this.readAt(request) !== null) return;
    this.#wanted.add(request.id);
    void this.#go();
  }

  #resolved(id: string): void {
    this.#wanted.delete(id);
    this.#read.delete(id);
    if (this.#now?.id === id) this.#now.stop.abort();
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
    const { microphone, settings } = this.#parts;
    if (microphone.isOpen || !settings().spoken) return null;
    return this.#wanted.values().next().value ?? null;
  }

  async #readNow(request: WaitingRequest): Promise<void> {
    const { microphone, settings, voice: find, logger } = this.#parts;
    const stop = new AbortController();
    this.#now = { id: request.id, stop };
    const voice = await find();
    if (voice === null) logger.warn({ code: NO_VOICE.code }, NO_VOICE.message);
    else if (!microphone.isOpen) {
      const { text, whole } = requestAloud(request, request.project);
      const permission = requestPermission(request, settings().voice_commands);
      const unfit = permission === null && request.decisions.includes('approve');
      const heard = await voice.say(unfit ? `${text}. ${aloud.notByVoice}` : text, stop.signal);
      const at = performance.now();
      if (heard && whole && !stop.signal.aborted) this.#read.set(request.id, { hash: request.hash, at });
    }
  }
}
