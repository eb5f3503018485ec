import type { Logger } from 'pino';
import type { PulseConnection } from './connection.ts';
import { setProfile } from './queries.ts';
import { type Choice, chooseSource, type SoundWorld, silentHeadset } from './sound-world.ts';

/** A Bluetooth headset in its headset profile for the length of a recording. */
export class SwitchedHeadset {
  readonly #connection: PulseConnection;
  readonly #logger: Logger;
  readonly #card: number;
  readonly #profile: string;
  readonly #before: string;
  readonly #switched: Promise<void>;

  /** Switches the headset that is meant; null: none plays in its music profile. */
  static of(
    world: SoundWorld,
    device: string,
    connection: PulseConnection,
    logger: Logger,
  ): SwitchedHeadset | null {
    const found = silentHeadset(world, device);
    if (found === null || found.card.active === null) return null;
    return new SwitchedHeadset(connection, logger, found.card.index, found.profile.name, found.card.active);
  }

  private constructor(
    connection: PulseConnection,
    logger: Logger,
    card: number,
    profile: string,
    before: string,
  ) {
    this.#connection = connection;
    this.#logger = logger;
    this.#card = card;
    this.#profile = profile;
    this.#before = before;
    this.#switched = this.#set(profile);
  }

  /** The microphone of the headset once it is there, until then what the device says. */
  choose(world: SoundWorld, device: string): Choice {
    const source = world.sources.find(({ card, monitor }) => card === this.#card && !monitor);
    return source ? { source } : chooseSource(world, device);
  }

  /** Restores the music profile, unless the user has chosen another one meanwhile. */
  async restore(world: SoundWorld | null): Promise<void> {
    await this.#switched;
    const active = world?.cards.find(({ index }) => index === this.#card)?.active;
    if (active === this.#profile || active === this.#before) await this.#set(this.#before);
  }

  async #set(profile: string): Promise<void> {
    try {
      await setProfile(this.#connection, this.#card, profile);
    } catch (error) {
      this.#logger.warn({ err: error, profile }, 'the profile of the headset cannot be switched');
    }
  }
}
