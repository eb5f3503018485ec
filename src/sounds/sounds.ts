import type { Logger } from 'pino';
import { openProgram } from '../processes/programs.ts';
import { run } from '../processes/run.ts';
import { assetPath } from '../single-file/assets.ts';
import type { Loudspeaker } from './loudspeaker.ts';

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
}

interface Player {
  name: string;
  args: readonly string[];
}

/** In order of preference, like the recorders. `afplay` belongs to macOS. */
const PLAYERS: readonly Player[] = [
  { name: 'paplay', args: ['--latency-msec=30', '--client-name=codex-voice'] },
  { name: 'pw-play', args: ['--latency=30ms'] },
  { name: 'aplay', args: ['--quiet'] },
  { name: 'afplay', args: [] },
  { name: 'play', args: ['-q'] },
];

/** A cue lasts 0.15 s: a player that still runs after this time, ms, hangs. */
const LIMIT_MS = 3_000;

/** Plays cues with the first player that works. Without one it is silent, and logs that once. */
export function createSounds(options: SoundOptions): Sounds {
  return options.enabled
    ? new PlayedSounds(options)
    : { play: () => undefined, close: async () => undefined };
}

/** Returns the path of the first installed player; null: there is none. */
export async function findPlayer(env: NodeJS.ProcessEnv): Promise<string | null> {
  return (await openProgram(PLAYERS, env, (path) => path)).opened;
}

class PlayedSounds implements Sounds {
  readonly #env: NodeJS.ProcessEnv;
  readonly #logger: Logger;
  readonly #loudspeaker: Loudspeaker;
  readonly #playing = new Map<SoundName, Promise<void>>();
  readonly #closing = new AbortController();
  #first: Player | null = null;
  #silent = false;

  constructor({ env, logger, loudspeaker }: SoundOptions) {
    this.#loudspeaker = loudspeaker;
    this.#env = env;
    this.#logger = logger;
  }

  play(name: SoundName): void {
    if (this.#closing.signal.aborted || this.#playing.has(name)) return;
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

  async #play(name: SoundName): Promise<void> {
    const file = assetPath(`sounds/${name}.wav`);
    const first = this.#first;
    const players = first === null ? PLAYERS : [first, ...PLAYERS.filter((player) => player !== first)];
    const { opened, passedOver } = await openProgram(players, this.#env, async (path, player) => {
      await this.#playWith(path, [...player.args, file]);
      return player;
    });
    if (this.#closing.signal.aborted) return;
    if (opened === null)
      this.#logger[this.#silent ? 'debug' : 'warn']({ passedOver }, 'sounds cannot be played');
    else if (opened !== first) this.#logger.info({ player: opened.name, passedOver }, 'sounds are played');
    this.#first = opened;
    this.#silent = opened === null;
  }

  /** @throws Error when it was not played. A timeout is not an error, because another player would be late too. */
  async #playWith(path: string, args: readonly string[]): Promise<void> {
    const options = { env: this.#env, signal: this.#closing.signal, timeoutMs: LIMIT_MS };
    const { status, why, words } = await run(path, args, options);
    if (status !== 0 && why !== 'late') throw new Error(words);
  }
}
