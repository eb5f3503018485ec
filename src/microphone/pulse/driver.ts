import type { Logger } from 'pino';
import { messageOf } from '../../errors.ts';
import { type Patience, RecorderFailure, type Recording, type SourceState } from '../recorder.ts';
import { type HeadsetProfile, worldTrouble } from '../source-trouble.ts';
import { captureHolder } from './device-holder.ts';
import { SwitchedHeadset } from './headset.ts';
import { PulseLink } from './link.ts';
import { noSource, PulseRecording } from './recording.ts';
import { chooseSource } from './sound-world.ts';

/** Time limit for a headset to change its profile, ms. */
const HEADSET_MS = 5_000;

export interface PulseOptions {
  /** `default`, or a source by its name, number or description. */
  device: string;
  headset: HeadsetProfile;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Records at a sound server with which it keeps in touch. */
export class PulseDriver {
  readonly #options: PulseOptions;
  readonly #device: string;
  readonly #link: PulseLink;
  readonly #heardOn = new Map<string, number>();

  /** Begins to connect. */
  constructor(options: PulseOptions) {
    this.#options = options;
    // libpulse takes the default of a program from there.
    this.#device = options.device === 'default' ? options.env.PULSE_SOURCE || 'default' : options.device;
    this.#link = new PulseLink(options.env, options.logger);
  }

  /** The source; null: there is no server. */
  get source(): SourceState | null {
    const { world } = this.#link;
    if (world === null) return null;
    const { source } = chooseSource(world, this.#device);
    const trouble = worldTrouble(world, this.#device, this.#options.headset);
    return { description: source?.description ?? null, trouble };
  }

  /** Reports why no server can be reached, or null. */
  async unavailable(): Promise<string | null> {
    try {
      await this.#link.connection();
      return null;
    } catch (error) {
      return `no sound server answers: ${messageOf(error)}`;
    }
  }

  /** Starts recording. @throws RecorderFailure, or the reason why there is no server */
  async open(patience: Patience): Promise<Recording> {
    const connection = await this.#link.connection();
    const { world } = this.#link;
    if (world === null) throw new RecorderFailure('ended', 'the sound server is gone');
    const { headset, logger } = this.#options;
    const switched =
      headset === 'switch' ? SwitchedHeadset.of(world, this.#device, connection, logger) : null;
    const choice = chooseSource(world, this.#device);
    if (choice.source === null && switched === null) {
      throw noSource(world, this.#device, choice.why);
    }
    const recording = new PulseRecording({
      link: this.#link,
      connection,
      device: this.#device,
      choose: (now) => switched?.choose(now, this.#device) ?? chooseSource(now, this.#device),
      patience: switched ? { ...patience, first: Math.max(patience.first, HEADSET_MS) } : patience,
      heardOn: this.#heardOn,
      holderOf: ({ alsaCard }) => captureHolder(alsaCard),
    });
    return switched === null ? recording : this.#withHeadset(recording, switched);
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return this.#link.close();
  }

  #withHeadset(recording: Recording, headset: SwitchedHeadset): Recording {
    let ending: Promise<void> | null = null;
    return {
      frames: () => recording.frames(),
      end: () => {
        ending ??= recording.end().then(() => headset.restore(this.#link.world));
        return ending;
      },
    };
  }
}
