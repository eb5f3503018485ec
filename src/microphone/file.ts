import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reportOf, VoiceError } from '../errors.ts';
import { expandHome, homeOf } from '../files/user-paths.ts';
import { type AudioFrame, SAMPLE_RATE } from './microphone.ts';
import { FRAME, playRecording } from './recorded.ts';
import { type Recorder, RecorderFailure, type Recording, type SourceState } from './recorder.ts';
import { readAudioFile } from './sound-files/audio-file.ts';

/** A device that begins so is heard as quickly as it can be read. */
const QUICK = 'quick:';
/** Silence that comes at once behind a file that is heard quickly: more than any endpoint needs, samples. */
const QUICK_SILENCE = 6 * SAMPLE_RATE;

/**
 * A sound file instead of a microphone, for demonstrations and tests: each recording hears it from its beginning, at
 * the speed at which it was spoken, and then silence.
 */
export class FileRecorder implements Recorder {
  readonly name = 'file';
  readonly debianPackage = null;
  readonly source: SourceState;
  readonly #file: string;
  readonly #quick: boolean;
  readonly #env: NodeJS.ProcessEnv;

  /** @param device the path of a sound file; `quick:` before it: without waiting for its time to pass */
  constructor(device: string, env: NodeJS.ProcessEnv) {
    this.#quick = device.startsWith(QUICK);
    const path = this.#quick ? device.slice(QUICK.length) : device;
    this.#file = resolve(expandHome(path, homeOf(env)));
    this.#env = env;
    this.source = { description: this.#file, trouble: null };
  }

  async unavailable(): Promise<string | null> {
    return null;
  }

  async open(): Promise<Recording> {
    const samples = await this.#read();
    const ended = new AbortController();
    const frames = this.#quick
      ? playQuickly(samples, ended.signal)
      : playRecording(samples, true, ended.signal);
    return {
      frames: () => frames,
      end: async () => ended.abort(),
    };
  }

  async close(): Promise<void> {}

  async #read(): Promise<Float32Array> {
    try {
      return await readAudioFile(this.#file, { env: this.#env });
    } catch (error) {
      if (!(error instanceof VoiceError)) throw error;
      throw new RecorderFailure('ended', error.message, reportOf(error));
    }
  }
}

/** All that was said and the silence after it at once, then silence as it passes. */
async function* playQuickly(
  samples: Float32Array,
  signal: AbortSignal,
): AsyncGenerator<AudioFrame, void, undefined> {
  const whole = new Float32Array(samples.length + QUICK_SILENCE);
  whole.set(samples);
  for await (const frame of playRecording(whole, false, signal)) {
    // Others get a turn: a reader that has heard enough can say so.
    await delay(0);
    if (signal.aborted) return;
    yield frame;
  }
  yield* playRecording(new Float32Array(FRAME), true, signal);
}
