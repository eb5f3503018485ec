import { type ErrorReport, messageOf } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import type { AudioInput } from '../../macos/audio-queue.ts';
import type { AudioDevice } from '../../macos/core-audio.ts';
import { type AudioFrame, SAMPLE_RATE } from '../microphone.ts';
import { LATENCY_MS, type Patience, RecorderFailure, type Recording, type SourceState } from '../recorder.ts';
import { S16Decoder } from '../s16.ts';
import { Watchdog } from '../watchdog.ts';
import type { MacSound } from './libraries.ts';

/** Time between two looks at the device of the sound settings, ms. */
const LOOK_MS = 1_000;
/** Exact zeros for this long are no room: macOS delivers them while it does not allow the microphone, samples. */
const ZEROS = 2 * SAMPLE_RATE;

interface RecordingOptions {
  sound: MacSound;
  /** Returns the device to record now; null: there is none. */
  find: () => AudioDevice | null;
  patience: Patience;
}

/** One recording of macOS. It follows the device of the sound settings, and continues when another one takes over. */
export class AudioQueueRecording implements Recording {
  readonly #options: RecordingOptions;
  readonly #events = new EventQueue<AudioFrame>();
  readonly #watchdog: Watchdog;
  readonly #pumping: NodeJS.Timeout;
  readonly #looking: NodeJS.Timeout;
  #device: AudioDevice;
  #input: AudioInput | null = null;
  /** Ends the input in use, or opens the next one. */
  #changing: Promise<void> = Promise.resolve();
  #ending: Promise<void> | null = null;
  #zeros = 0;
  #heard = false;

  private constructor(options: RecordingOptions, device: AudioDevice) {
    this.#options = options;
    this.#device = device;
    const { first, next } = options.patience;
    this.#watchdog = new Watchdog(first, next, () => this.#fail('silent', 'no sound arrived'));
    this.#pumping = setInterval(() => this.#input?.pump(), LATENCY_MS);
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** @throws RecorderFailure when the device cannot be opened */
  static async start(options: RecordingOptions): Promise<AudioQueueRecording> {
    const device = options.find();
    if (device === null) throw new RecorderFailure('ended', 'there is no microphone');
    const recording = new AudioQueueRecording(options, device);
    try {
      await recording.#open();
      return recording;
    } catch (error) {
      await recording.end();
      throw new RecorderFailure('ended', messageOf(error));
    }
  }

  get source(): SourceState {
    return { description: this.#device.name, trouble: this.#zeros >= ZEROS ? onlyZeros(this.#device) : null };
  }

  frames(): AsyncIterable<AudioFrame> {
    return this.#events;
  }

  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#stop();
    // What has arrived still counts.
    this.#input?.pump();
    this.#events.close();
    await this.#changing.catch(() => undefined);
    const input = this.#input;
    this.#input = null;
    await input?.end();
  }

  #stop(): void {
    this.#watchdog.stop();
    clearInterval(this.#pumping);
    clearInterval(this.#looking);
  }

  async #open(): Promise<void> {
    const { AudioInput } = await import('../../macos/audio-queue.ts');
    const decoder = new S16Decoder();
    this.#input = await AudioInput.start(this.#options.sound.toolbox, {
      sampleRate: SAMPLE_RATE,
      device: this.#device.uid,
      onSound: (bytes) => this.#take(decoder.decode(bytes)),
    });
  }

  #take(samples: Float32Array): void {
    this.#watchdog.feed();
    if (!this.#heard) {
      this.#heard = samples.some((sample) => sample !== 0);
      this.#zeros = this.#heard ? 0 : this.#zeros + samples.length;
    }
    this.#events.push({ samples, at: performance.now() });
  }

  /** Has another device taken over, or is this one gone? */
  #look(): void {
    const device = this.#options.find();
    if (device?.id === this.#device.id) return;
    if (device === null) this.#fail('ended', `the microphone "${this.#device.name}" is gone`);
    else this.#changing = this.#changing.then(() => this.#change(device));
  }

  /** Never rejects. */
  async #change(device: AudioDevice): Promise<void> {
    if (this.#ending !== null || device.id === this.#device.id) return;
    this.#device = device;
    try {
      const before = this.#input;
      this.#input = null;
      await before?.end();
      this.#heard = false;
      if (this.#ending === null) await this.#open();
    } catch (error) {
      this.#fail('ended', messageOf(error));
    }
  }

  #fail(kind: RecorderFailure['kind'], reason: string): void {
    this.#stop();
    this.#events.fail(new RecorderFailure(kind, reason));
  }
}

function onlyZeros({ name }: AudioDevice): ErrorReport {
  return {
    code: 'microphone-silent',
    message: `macOS delivers only silence from "${name}".`,
    hint:
      'Allow Codex Voice, or the terminal from which you started it, in System Settings > Privacy & Security > ' +
      'Microphone. If it is allowed there, look whether the microphone is muted.',
  };
}
