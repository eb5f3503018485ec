import { EventQueue } from '../../src/event-queue.ts';
import { type AudioFrame, type Microphone, SAMPLE_RATE } from '../../src/microphone/microphone.ts';
import type { Detector } from '../../src/speech/detector.ts';
import type { TurnDetector } from '../../src/speech/turn-detector.ts';
import type {
  TranscribeOptions,
  Transcriber,
  TranscriberState,
  Transcript,
} from '../../src/transcription/transcriber.ts';

/** Sound that the fake detector takes for speech, or for silence. @param ms its length */
export function sound(kind: 'speech' | 'silence', ms: number): Float32Array {
  return new Float32Array((ms / 1_000) * SAMPLE_RATE).fill(kind === 'speech' ? 0.5 : 0);
}

/** Several sounds, one after the other. */
export function joined(...sounds: Float32Array[]): Float32Array {
  return Float32Array.from(sounds.flatMap((each) => [...each]));
}

/** A microphone that hears what the test gives it. */
export class FakeMicrophone implements Microphone {
  readonly state: Microphone['state'] = {
    backend: 'fake',
    device: 'fake',
    state: 'closed',
    source: null,
    trouble: null,
    refused: [],
  };
  /** Recordings that hold it open. */
  open = 0;
  opened = 0;
  /** Aborts when the recording that was opened last is to end. */
  last: AbortSignal | null = null;
  closed = 0;
  /** Why it breaks once its sound has been heard. */
  failure: Error | null = null;
  #now = new EventQueue<AudioFrame>();

  /** Gives sound to the recording that is open, or to the next one. */
  hear(samples: Float32Array): void {
    for (let from = 0; from < samples.length; from += 512)
      this.#now.push({ samples: samples.slice(from, from + 512), at: performance.now() });
  }

  /** There is no more sound; with a failure it breaks. */
  end(): void {
    this.#now.close();
  }

  async *record(signal: AbortSignal): AsyncGenerator<AudioFrame, void, undefined> {
    this.open += 1;
    this.opened += 1;
    this.last = signal;
    const frames = this.#now;
    const end = (): void => frames.close();
    signal.addEventListener('abort', end, { once: true });
    try {
      yield* frames;
      if (this.failure && !signal.aborted) throw this.failure;
    } finally {
      signal.removeEventListener('abort', end);
      this.open -= 1;
      this.#now = new EventQueue();
    }
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** Takes loud sound for speech. */
export class FakeDetector implements Detector {
  readonly name = 'webrtc';
  readonly frameSamples = 512;
  readonly takesTones = false;
  readonly others: FakeDetector[] = [];
  closed = 0;
  judged = 0;
  /** It was closed before another one that it made. */
  closedTooSoon = false;
  /** Why there cannot be another. */
  anotherFails: Error | null = null;
  closeFails: Error | null = null;

  async probability(frame: Float32Array): Promise<number> {
    if (this.closed > 0) throw new Error('the detector is closed');
    this.judged += 1;
    return (frame[0] ?? 0) > 0.1 ? 1 : 0;
  }

  reset(): void {}

  async another(): Promise<Detector> {
    if (this.anotherFails) throw this.anotherFails;
    const other = new FakeDetector();
    other.closeFails = this.closeFails;
    this.others.push(other);
    return other;
  }

  async close(): Promise<void> {
    this.closed += 1;
    this.closedTooSoon ||= this.others.some(({ closed }) => closed === 0);
    if (this.closeFails) throw this.closeFails;
  }
}

/** An engine that answers what the test says, when it says so. */
export class FakeEngine implements Transcriber {
  readonly state: TranscriberState = { engine: 'fake', model: 'fake', state: 'ready', pid: null };
  readonly heard: Float32Array[] = [];
  /** What it was to expect in each. */
  readonly phrases: (readonly string[])[] = [];
  closed = 0;
  text: string;
  failure: Error | null = null;
  /** Why it cannot be loaded. */
  unusable: Error | null = null;
  /** It loads, or answers, when these resolve. */
  loaded: Promise<void> = Promise.resolve();
  gate: Promise<void> = Promise.resolve();
  readonly #closing = Promise.withResolvers<never>();

  constructor(text = '') {
    this.text = text;
    this.#closing.promise.catch(() => undefined);
  }

  async ready(): Promise<void> {
    await Promise.race([this.loaded, this.#closing.promise]);
    if (this.unusable) throw this.unusable;
  }

  async transcribe(
    audio: Float32Array,
    { signal, phrases = [] }: TranscribeOptions = {},
  ): Promise<Transcript> {
    if (this.closed > 0) throw new Error('the engine is closed');
    this.heard.push(audio);
    this.phrases.push(phrases);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    await Promise.race([this.gate, aborted]);
    if (this.failure) throw this.failure;
    return { text: this.text, ms: 12 };
  }

  async close(): Promise<void> {
    this.closed += 1;
    this.#closing.reject(new Error('the engine was closed'));
  }
}

/** Knows of no pause whether it is the end. */
export class FakeTurnDetector implements TurnDetector {
  readonly state: TurnDetector['state'] = { state: 'ready' };
  closed = 0;

  warm(): void {}

  async finished(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}
