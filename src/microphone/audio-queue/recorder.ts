import type { ErrorReport } from '../../errors.ts';
import type { AudioDevice } from '../../macos/core-audio.ts';
import {
  type Patience,
  type Recorder,
  RecorderFailure,
  type Recording,
  type SourceState,
} from '../recorder.ts';
import { loadMacSound, type MacSound } from './libraries.ts';
import type { AudioQueueRecording } from './recording.ts';

interface AudioQueueOptions {
  /** `default`, or the name or UID of a device. */
  device: string;
  /** Default: this system. */
  platform?: NodeJS.Platform;
  /** One library with the functions of macOS, for tests. */
  library?: string;
}

/**
 * The recorder of macOS: an audio queue in this process, because macOS gives the permission to the program that
 * records. Written after Apple's headers, and tested with a library that has the same functions; it has not run on a
 * Mac.
 */
export class AudioQueueRecorder implements Recorder {
  readonly name = 'audioqueue';
  readonly debianPackage = null;
  readonly #options: AudioQueueOptions;
  #sound: Promise<MacSound> | null = null;
  #recording: AudioQueueRecording | null = null;
  #trouble: ErrorReport | null = null;

  constructor(options: AudioQueueOptions) {
    this.#options = options;
  }

  get source(): SourceState | null {
    if (this.#trouble !== null) return { description: null, trouble: this.#trouble };
    return this.#recording?.source ?? null;
  }

  async unavailable(): Promise<string | null> {
    const { platform = process.platform } = this.#options;
    return platform === 'darwin' ? null : 'only macOS has it';
  }

  async open(patience: Patience): Promise<Recording> {
    this.#sound ??= loadMacSound(this.#options.library);
    const sound = await this.#sound;
    this.#trouble = this.#hindrance(sound);
    if (this.#trouble !== null) throw new RecorderFailure('silent', this.#trouble.message, this.#trouble);
    const find = (): AudioDevice | null => this.#find(sound);
    const { AudioQueueRecording } = await import('./recording.ts');
    this.#recording = await AudioQueueRecording.start({ sound, find, patience });
    return this.#recording;
  }

  async close(): Promise<void> {
    await this.#recording?.end();
  }

  /** The device to record now; null: there is no such device. */
  #find({ devices }: MacSound): AudioDevice | null {
    const { device } = this.#options;
    const all = devices.devices();
    if (device === 'default') {
      const id = devices.defaultInput();
      return all.find((each) => each.id === id) ?? null;
    }
    return all.find(({ uid }) => uid === device) ?? all.find(({ name }) => name === device) ?? null;
  }

  #hindrance(sound: MacSound): ErrorReport | null {
    const permission = sound.permission();
    if (permission === 'denied' || permission === 'restricted') return refused(permission);
    if (this.#find(sound) !== null) return null;
    const { device } = this.#options;
    const names = sound.devices.devices().map(({ name }) => `"${name}"`);
    if (device === 'default' || names.length === 0) {
      return {
        code: 'microphone-failed',
        message: 'This Mac has no microphone.',
        hint: 'Plug a microphone in, or choose one in System Settings > Sound > Input.',
      };
    }
    return {
      code: 'microphone-failed',
      message: `This Mac has no microphone "${device}".`,
      hint: `Plug it in, or set [audio] device to "default" or one of ${names.join(', ')}.`,
    };
  }
}

function refused(permission: 'denied' | 'restricted'): ErrorReport {
  return {
    code: 'microphone-failed',
    message: 'macOS does not let codex-voice use the microphone.',
    hint:
      permission === 'restricted'
        ? 'A rule of your organization or Screen Time forbids it.'
        : 'Allow Codex Voice in System Settings > Privacy & Security > Microphone, or the terminal from which you ' +
          'started it, then run `codex-voice restart`.',
  };
}
