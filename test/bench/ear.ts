import { type AudioFrame, SAMPLE_RATE } from '../../src/microphone/microphone.ts';
import { parec } from '../../src/microphone/programs/parec.ts';
import { RecorderProcess } from '../../src/microphone/programs/recorder-process.ts';
import { locate } from '../support/correlation.ts';
import { waitFor } from '../support/process.ts';
import type { Clip } from '../support/speech.ts';

/** A frame of the ruler that finds the end of speech, samples: 10 ms. */
const FRAME = SAMPLE_RATE / 100;
/** How much quieter than a clip's loudest frame its last speech may be, dB. */
const FLOOR_DB = 35;
/** A clip that fits the recording less well than this was not heard whole. */
const LEAST_FIT = 0.9;

/** Moments at which a recorder could have the clip's last samples: performance.now(), ms. */
export interface ClipEnd {
  /** Of the last frame of speech. */
  speech: number;
  /** Of the sound file, which may end in silence. */
  file: number;
}

/**
 * A second recorder at the virtual microphone, which tells when a clip was there. The start of the player says
 * little: it takes some 50 ms to start, to connect and to fill its buffer of 200 ms. So the clip is looked for in
 * what was recorded, and the clock is fitted to the arrival of all its chunks: the quickest one says how long sound
 * takes at best. What the sound server and the pipe take even then is in no figure: no recorder gets it sooner.
 */
export class Ear implements AsyncDisposable {
  readonly #recorder: RecorderProcess;
  readonly #chunks: Float32Array[] = [];
  readonly #ended: Promise<void>;
  #length = 0;
  /** performance.now() of the first sample, as the quickest chunk has it. */
  #origin = Number.POSITIVE_INFINITY;

  private constructor(recorder: RecorderProcess) {
    this.#recorder = recorder;
    this.#ended = this.#record();
  }

  /** Begins to record; resolves when sound arrives. */
  static async open(env: NodeJS.ProcessEnv): Promise<Ear> {
    const command = await parec.command('default', env);
    if (command === null) throw new Error('parec is not installed');
    const ear = new Ear(new RecorderProcess(command, env, { first: 10_000, next: 10_000 }));
    await Promise.race([waitFor('the second recorder', () => ear.#length > 0), ear.#ended]);
    return ear;
  }

  /** When the clip, which has been played meanwhile, ended. @throws Error when it was not heard whole */
  endOf(clip: Clip): ClipEnd {
    const recording = new Float32Array(this.#length);
    let filled = 0;
    for (const chunk of this.#chunks) {
      recording.set(chunk, filled);
      filled += chunk.length;
    }
    const { offset, fit } = locate(clip.samples, recording);
    if (fit < LEAST_FIT) throw new Error(`${clip.id} was not heard whole (fit ${fit.toFixed(2)})`);
    const at = (sample: number) => this.#origin + ((offset + sample) / SAMPLE_RATE) * 1_000;
    return { speech: at(endOfSpeech(clip.samples)), file: at(clip.samples.length) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#recorder.end();
    await this.#ended;
  }

  async #record(): Promise<void> {
    for await (const frame of this.#recorder.frames()) this.#take(frame);
  }

  #take({ samples, at }: AudioFrame): void {
    this.#chunks.push(samples);
    this.#length += samples.length;
    this.#origin = Math.min(this.#origin, at - (this.#length / SAMPLE_RATE) * 1_000);
  }
}

/** The sample after the last frame that is loud enough to be speech: a ruler that is not the program's own. */
export function endOfSpeech(samples: Float32Array): number {
  return (speechFrames(samples).at(-1) ?? -1) * FRAME + FRAME;
}

/** The first sample of the first frame that is loud enough to be speech. */
export function startOfSpeech(samples: Float32Array): number {
  return (speechFrames(samples)[0] ?? 0) * FRAME;
}

/** The frames that are loud enough to be speech. */
function speechFrames(samples: Float32Array): number[] {
  const powers: number[] = [];
  for (let from = 0; from + FRAME <= samples.length; from += FRAME) {
    powers.push(samples.subarray(from, from + FRAME).reduce((sum, each) => sum + each * each, 0));
  }
  const least = Math.max(...powers) / 10 ** (FLOOR_DB / 10);
  return powers.flatMap((power, index) => (power >= least ? [index] : []));
}
