import { randomUUID } from 'node:crypto';
import { Stopwatch } from '../metrics/timings.ts';
import type { Source, Utterance } from '../utterance.ts';
import type { Journal } from './journal.ts';

/** Fields that may change. */
export type UtterancePatch = Partial<Omit<Utterance, 'id' | 'at' | 'source' | 'timings'>>;

/** The used part of the journal. */
export type UtteranceJournal = Pick<Journal, 'insert' | 'insertSoon' | 'update'>;

/** An utterance on its way: its record, the marks of its stages, and the journal that keeps both. */
export class LiveUtterance {
  readonly #journal: UtteranceJournal;
  /** Stamps reach the journal with the next update. */
  readonly stopwatch = new Stopwatch();
  #record: Utterance;

  private constructor(record: Utterance, journal: UtteranceJournal) {
    this.#record = record;
    this.#journal = journal;
  }

  /** A new utterance, in the journal from now on. @throws VoiceError journal-failed */
  static begin(
    journal: UtteranceJournal,
    source: Source,
    project: string,
    patch: UtterancePatch = {},
  ): LiveUtterance {
    const record: Utterance = {
      id: randomUUID(),
      at: new Date().toISOString(),
      source,
      project,
      rule: null,
      transcript: null,
      confidence: null,
      prompt: null,
      changes: null,
      state: 'listening',
      answer: null,
      error: null,
      timings: {},
      ...patch,
    };
    if (record.state === 'listening') journal.insertSoon(record);
    else journal.insert(record);
    return new LiveUtterance(record, journal);
  }

  /** One of an earlier run of the daemon, taken up again. */
  static resume(journal: UtteranceJournal, record: Utterance): LiveUtterance {
    return new LiveUtterance(record, journal);
  }

  get id(): string {
    return this.#record.id;
  }

  get record(): Utterance {
    return this.#record;
  }

  /** Adds to the answer, in memory only: the journal gets it with the next update. */
  append(text: string): void {
    this.#record = { ...this.#record, answer: (this.#record.answer ?? '') + text };
  }

  /** Changes the record and journals it together with the timings so far. @throws VoiceError journal-failed */
  update(patch: UtterancePatch): void {
    const timings = { ...this.#record.timings, ...this.stopwatch.timings };
    this.#record = { ...this.#record, ...patch, timings };
    this.#journal.update(this.id, { ...patch, timings });
  }
}
