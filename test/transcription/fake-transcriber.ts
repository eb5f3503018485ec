import { setImmediate } from 'node:timers/promises';
import type {
  TranscribeOptions,
  Transcriber,
  TranscriberState,
  Transcript,
} from '../../src/transcription/transcriber.ts';

/** A transcription that was asked for. */
export interface Call {
  audio: Float32Array;
  yields: boolean;
  draft: string | undefined;
  phrases: readonly string[];
  state: 'waiting' | 'running' | 'done' | 'aborted' | 'failed';
  /** Ticks that it still needs. */
  left: number;
}

interface Asked extends Call {
  resolve: (transcript: Transcript) => void;
  reject: (error: unknown) => void;
}

/**
 * An engine under the test's control: one call at a time, in their order; a call that runs ends when tick() was called
 * as often as `ticks` says. The text of a sound are the numbers in it (see wordsIn), or "you" where there are none.
 */
export class FakeTranscriber implements Transcriber {
  readonly state: TranscriberState = { engine: 'fake', model: 'fake', state: 'ready', pid: null };
  readonly calls: Call[] = [];
  readonly #queue: Asked[] = [];
  /** How many ticks the next call needs. */
  ticks: () => number = () => 1;
  /** The next calls fail with this. */
  failure: Error | null = null;

  async ready(): Promise<void> {}
  async close(): Promise<void> {}

  async transcribe(
    audio: Float32Array,
    { signal, yields = false, draft, phrases = [] }: TranscribeOptions = {},
  ): Promise<Transcript> {
    signal?.throwIfAborted();
    if (yields && this.#queue.length > 0) throw new DOMException('busy', 'AbortError');
    for (const call of this.#queue.filter((each) => each.yields)) this.#abort(call);
    const { promise, resolve, reject } = Promise.withResolvers<Transcript>();
    const call: Asked = {
      audio,
      yields,
      draft,
      phrases,
      state: 'waiting',
      left: this.ticks(),
      resolve,
      reject,
    };
    this.calls.push(call);
    this.#queue.push(call);
    signal?.addEventListener('abort', () => this.#abort(call), { once: true });
    return promise;
  }

  /** The engine works for a moment. */
  async tick(): Promise<void> {
    const [call] = this.#queue;
    if (call) {
      call.state = 'running';
      call.left -= 1;
      if (call.left <= 0) this.#end(call);
    }
    await setImmediate();
  }

  get idle(): boolean {
    return this.#queue.length === 0;
  }

  #end(call: Asked): void {
    this.#queue.splice(this.#queue.indexOf(call), 1);
    if (this.failure) {
      call.state = 'failed';
      call.reject(this.failure);
      return;
    }
    call.state = 'done';
    call.resolve({ text: wordsIn(call.audio).join(' ') || 'you', ms: 10 });
  }

  #abort(call: Asked): void {
    const at = this.#queue.indexOf(call);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    call.state = 'aborted';
    call.reject(new DOMException('aborted', 'AbortError'));
  }
}

/** Samples of this value say "w<number>". */
export const sampleOf = (word: number): number => word / 4_096;

/** The words in a sound, each once. */
export function wordsIn(audio: Float32Array): string[] {
  const words: string[] = [];
  let before = 0;
  for (const sample of audio) {
    if (sample > 0 && sample !== before) words.push(`w${Math.round(sample * 4_096)}`);
    if (sample > 0) before = sample;
  }
  return words;
}
