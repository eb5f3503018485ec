import type { Logger } from 'pino';
import { openFirst } from '../drivers.ts';
import { assetPath } from '../single-file/assets.ts';
import type { Loudspeaker } from './loudspeaker.ts';
import { type Player, playersOf } from './players.ts';

/** Cues: listening begins or ends, an answer arrives, Codex asks, something failed. */
export type SoundName = 'start' | 'end' | 'done' | 'asks' | 'error';

export interface Sounds {
  /** Plays a cue in the background; never throws or waits. Does nothing while the same cue plays. */
  play(name: SoundName): void;
  /** Stops all cues. */
  close(): Promise<void>;
}

interface SoundOptions {
  enabled: boolean;
  /** Records when a cue can be heard. */
  loudspeaker: Loudspeaker;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Tests are less patient, ms. */
  restMs?: number | undefined;
}

/**
 * After no player worked, cues are silent for this time, ms: on a machine without sound, each cue would start every
 * player, which takes more processor time than the rest of a turn.
 */
const REST_MS = 10_000;

/** Plays cues with the first player that works. Without one it is silent for a while, and logs that once. */
export function createSounds(options: SoundOptions): Sounds {
  return options.enabled
    ? new PlayedSounds(options)
    : { play: () => undefined, close: async () => undefined };
}

/** Returns what plays sounds here: a program's path, or a part of the system; null: nothing does. */
export async function findPlayer(env: NodeJS.ProcessEnv): Promise<string | null> {
  return (await openFirst(playersOf(env), ({ place }) => place)).opened;
}

class PlayedSounds implements Sounds {
  readonly #players: readonly Player[];
  readonly #logger: Logger;
  readonly #loudspeaker: Loudspeaker;
  readonly #playing = new Map<SoundName, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #restMs: number;
  #first: Player | null = null;
  /** When no player worked; null: the last cue was played, or none was asked for. */
  #silentSince: number | null = null;

  constructor({ env, logger, loudspeaker, restMs = REST_MS }: SoundOptions) {
    this.#restMs = restMs;
    this.#loudspeaker = loudspeaker;
    this.#players = playersOf(env);
    this.#logger = logger;
  }

  play(name: SoundName): void {
    if (this.#closing.signal.aborted || this.#playing.has(name) || this.#rests) return;
    const over = this.#loudspeaker.begin();
    const playing = this.#play(name)
      .catch((error: unknown) =>
        this.#logger.warn({ err: error, sound: name }, 'a sound could not be played'),
      )
      .finally(() => {
        over();
        this.#playing.delete(name);
      });
    this.#playing.set(name, playing);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#playing.values());
  }

  get #rests(): boolean {
    return this.#silentSince !== null && performance.now() - this.#silentSince < this.#restMs;
  }

  async #play(name: SoundName): Promise<void> {
    const file = assetPath(`sounds/${name}.wav`);
    const first = this.#first;
    const players =
      first === null ? this.#players : [first, ...this.#players.filter((each) => each !== first)];
    const { opened, passedOver } = await openFirst(players, async (player) => {
      await player.play(file, this.#closing.signal);
      return player;
    });
    if (this.#closing.signal.aborted) return;
    if (opened === null)
      this.#logger[this.#silentSince === null ? 'warn' : 'debug']({ passedOver }, 'sounds cannot be played');
    else if (opened !== first) this.#logger.info({ player: opened.name, passedOver }, 'sounds are played');
    this.#first = opened;
    this.#silentSince = opened === null ? performance.now() : null;
  }
}
