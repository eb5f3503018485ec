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
  /** Tests are less patient, ms. */
  restMs?: number | undefined;
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
  readonly #restMs: number;
  #first: Player | null = null;
  /** When no player worked; null: the last cue was played, or none was asked for. */
  #silentSince: number | null = null;

  constructor({ env, logger, loudspeaker, restMs = REST_MS }: SoundOptions) {
    this.#restMs = restMs;
    this.#loudspeaker = loudspeaker;
    this.#env = env;
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
    const players = first === null ? PLAYERS : [first, ...PLAYERS.filter((player) => player !== first)];
    const { opened, passedOver } = await openProgram(players, this.#env, async (path, player) => {
      await this.#playWith(path, [...player.args, file]);
      return player;
    });
    if (this.#closing.signal.aborted) return;
    if (opened === null)
      this.#logger[this.#silentSince === null ? 'warn' : 'debug']({ passedOver }, 'sounds cannot be played');
    else if (opened !== first) this.#logger.info({ player: opened.name, passedOver }, 'sounds are played');
    this.#first = opened;
    this.#silentSince = opened === null ? performance.now() : null;
  }

  /** @throws Error when it was not played. A timeout is not an error, because another player would be late too. */
  async #playWith(path: string, args: readonly string[]): Promise<void> {
    const options = { env: this.#env, signal: this.#closing.signal, timeoutMs: LIMIT_MS };
    const { status, why, words } = await run(path, args, options);
    if (status !== 0 && why !== 'late') throw new Error(words);
  }
}
