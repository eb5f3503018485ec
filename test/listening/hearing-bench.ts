import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Action } from '../../src/actions.ts';
import type { WaitingRequest } from '../../src/agent/requests.ts';
import { VoiceError } from '../../src/errors.ts';
import type { Fact } from '../../src/facts.ts';
import { type Destination, destinationOf } from '../../src/interpretation/destination.ts';
import type { Heard } from '../../src/interpretation/interpretation.ts';
import { Meaning } from '../../src/interpretation/meaning.ts';
import { AudioStore } from '../../src/journal/audio.ts';
import { Journal } from '../../src/journal/journal.ts';
import type { LiveUtterance, UtteranceJournal, UtterancePatch } from '../../src/journal/live-utterance.ts';
import { Hearing } from '../../src/listening/hearing.ts';
import type { Companion, HearingParts } from '../../src/listening/hearing-parts.ts';
import type { Recording } from '../../src/listening/voice-loop.ts';
import type { ListenOptions } from '../../src/speech/listen.ts';
import type { Transcript } from '../../src/transcription/transcriber.ts';
import type { Utterance } from '../../src/utterance.ts';
import { projects } from '../interpretation/said.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FakeDetector, FakeEngine, FakeMicrophone, joined, sound } from './fake-ear.ts';

const logger = pino({ level: 'silent' });
const ENDPOINT_MS = 800;
export const SPOKEN = sound('speech', 1_000);
export const PAUSE = sound('silence', ENDPOINT_MS + 100);

/** Fails at the writes that the test names. */
class TroubledJournal implements UtteranceJournal {
  readonly inner: Journal;
  fails: (patch: Partial<Utterance>) => boolean = () => false;

  constructor(inner: Journal) {
    this.inner = inner;
  }

  insertSoon(utterance: Utterance): void {
    this.#check(utterance);
    this.inner.insertSoon(utterance);
  }

  insert(utterance: Utterance): void {
    this.#check(utterance);
    this.inner.insert(utterance);
  }

  update(id: string, patch: Partial<Omit<Utterance, 'id'>>): void {
    this.#check(patch);
    this.inner.update(id, patch);
  }

  #check(patch: Partial<Utterance>): void {
    if (this.fails(patch)) throw new VoiceError('journal-failed', 'The disk is full.', 'Make room.');
  }
}

export class FakeCompanion implements Companion {
  readonly told: string[] = [];
  frames = 0;
  closed = 0;
  warmed = 0;
  failure: Error | null = null;
  #tell: (text: string, stable: number) => void = () => undefined;

  follow(): void {
    this.frames += 1;
    if (this.frames === 20) this.#tell('run the', 4);
  }

  endpointMs(): number | null {
    return null;
  }

  attach(onPartial: (text: string, stable: number) => void): void {
    this.#tell = onPartial;
  }

  warm(): void {
    this.warmed += 1;
  }

  async finish(): Promise<Transcript> {
    if (this.failure) throw this.failure;
    return { text: 'run the tests', ms: 3 };
  }

  close(): void {
    this.closed += 1;
  }
}

function toldOf(fact: Fact): string {
  switch (fact.type) {
    case 'listening':
    case 'ended':
      return `${fact.type}:${fact.utterance.state}`;
    case 'partial':
      return `partial:${fact.text}:${fact.stable}`;
    case 'heard':
      return `heard:${fact.utterance.prompt}`;
    case 'trouble':
      return `trouble:${fact.error.code}`;
    default:
      return fact.type;
  }
}

/** Hearing with parts of which each does what the test says. */
export class Bench {
  readonly folder = temporaryFolder();
  readonly journal = new TroubledJournal(Journal.open(join(this.folder, 'journal.sqlite'), { logger }));
  readonly audio = AudioStore.open(join(this.folder, 'audio'), { logger });
  readonly microphone = new FakeMicrophone();
  readonly detector = new FakeDetector();
  engine = new FakeEngine('run the tests');
  companion: FakeCompanion | null = null;
  options: ListenOptions = { endpointMs: ENDPOINT_MS, maxSeconds: 60, recordingSeconds: 0 };
  /** What happened, in its order. */
  readonly log: string[] = [];
  readonly delivered: LiveUtterance[] = [];
  /** What was passed on to be interpreted. */
  readonly heard: Heard[] = [];
  /** Requests of Codex that wait for an answer. */
  pending: WaitingRequest[] = [];
  reviews = false;
  focused: () => Promise<string | null> = async () => null;
  deliver: (live: LiveUtterance) => void = (live) => this.delivered.push(live);
  readonly hearing = new Hearing(this.#parts());

  constructor() {
    onTestFinished(async () => {
      await this.hearing.settled();
      this.journal.inner.close();
    });
  }

  #parts(): HearingParts {
    const say = (what: string): void => void this.log.push(what);
    const meaning = this.#meaning(say);
    return {
      ear: {
        tools: () => ({
          microphone: this.microphone,
          detector: this.detector,
          transcriber: this.engine,
          options: this.options,
          accompany: () => this.companion,
        }),
        own: () => false,
      },
      bus: { publish: (fact) => this.#tell(fact) },
      meaning: {
        take: (heard, live) => {
          this.heard.push(heard);
          return meaning.take(heard, live);
        },
      },
      places: { destination: () => destinationOf(projects()), focused: () => this.focused() },
      progress: { endpoint: () => say('endpoint'), done: () => say('done') },
      words: {
        phrases: (project) => [project],
        prepare: (project) => say(`words:${project}`),
      },
      journal: this.journal,
      audio: this.audio,
      logger,
    };
  }

  #meaning(say: (what: string) => void): Meaning {
    const enqueue = (live: LiveUtterance): void => {
      say('deliver');
      this.deliver(live);
    };
    const begin = (live: LiveUtterance, patch: UtterancePatch): boolean => {
      if (this.reviews) live.update(patch);
      if (this.reviews) say('review');
      return this.reviews;
    };
    return new Meaning({
      approvals: () => ({ spoken: true, approve: ['approve'], deny: ['deny'] }),
      projects: { ...projects(), pending: this.pending, delivery: () => ({ enqueue }) },
      reviews: { newest: null, begin },
      recent: { newest: null },
      words: { rewrite: (project, prompt) => ({ prompt: `${prompt} [${project}]`, changes: null }) },
      perform: async (action: Action) => {
        say(action.type);
        return undefined as never;
      },
      bus: { publish: (fact) => this.#tell(fact) },
      logger,
    });
  }

  #tell(fact: Fact): void {
    const about = toldOf(fact);
    if (about !== 'level' || !this.log.includes('level')) this.log.push(about);
  }

  /** Presses the key, and gives the microphone this sound. */
  press(heard: Float32Array = joined(SPOKEN, PAUSE), to: Destination | null = null): Recording {
    const recording = this.hearing.begin(7, to);
    this.microphone.hear(heard);
    return recording;
  }

  /** The one utterance in the journal. */
  get record(): Utterance {
    const [record, ...others] = this.journal.inner.list({ limit: 10 });
    if (!record || others.length > 0) throw new Error(`there is not one utterance but ${others.length + 1}`);
    return record;
  }

  /** What happened, without what comes with every recording. */
  get outcome(): string[] {
    return this.log.filter((what) => !/^(level|words:|listening:|opened$|listened$|endpoint$)/.test(what));
  }
}

/** Waits until a recording has an utterance and its sound is on the disk. */
export async function underWay(bench: Bench, recording: Recording): Promise<void> {
  await waitFor(
    'the sound on the disk',
    () => recording.utterance && bench.audio.pathOf(recording.utterance),
  );
}
