import type { Logger } from 'pino';
import { findProgram } from '../processes/programs.ts';
import { run } from '../processes/run.ts';
import { assetPath } from '../single-file/assets.ts';
import type { Loudspeaker } from './loudspeaker.ts';

/** What a cue says: listening begins, it ends, an answer is there, Codex asks something, it went wrong. */
export type SoundName = 'start' | 'end' | 'done' | 'asks' | 'error';

export interface Sounds {
  /** Plays a cue in the background; never throws and never waits. Dropped while the same cue still plays. */
  play(name: SoundName): void;
  /** Ends what plays. */
  close(): Promise<void>;
}

export interface SoundOptions {
  enabled: boolean;
  /** Is told when a cue can be heard. */
  loudspeaker: Loudspeaker;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

interface Player {
  program: string;
  args: readonly string[];
}

/** In the order in which they are tried, as the recorders are; `afplay` is macOS's. */
const PLAYERS: readonly Player[] = [
  { program: 'paplay', args: ['--latency-msec=30', '--client-name=codex-voice'] },
  { program: 'pw-play', args: ['--latency=30ms'] },
  { program: 'aplay', args: ['--quiet'] },
  { program: 'afplay', args: [] },
  { program: 'play', args: ['-q'] },
];

/** A cue lasts 0.15 s: a player that still runs after so many ms hangs. */
const LIMIT_MS = 3_000;

/** Cues through the first player that works; silence, and one line in the log, where there is none. */
export function createSounds(options: SoundOptions): Sounds {
  return options.enabled
    ? new PlayedSounds(options)
    : { play: () => undefined, close: async () => undefined };
}

/** The path of the first player that is installed; null: there is none. */
export async function findPlayer(env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const { program } of PLAYERS) {
    const path = await findProgram(program, env);
    if (path !== null) return path;
  }
  return null;
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
    const refused: string[] = [];
    for (const player of this.#order()) {
      const failure = await this.#playWith(player, file);
      if (this.#closing.signal.aborted) return;
      if (failure === null) {
        this.#worked(player, refused);
        return;
      }
      refused.push(`${player.program}: ${failure}`);
    }
    this.#first = null;
    this.#logger[this.#silent ? 'debug' : 'warn']({ refused }, 'sounds cannot be played');
    this.#silent = true;
  }

  #order(): Player[] {
    const first = this.#first;
    return first === null ? [...PLAYERS] : [first, ...PLAYERS.filter((player) => player !== first)];
  }

  #worked(player: Player, refused: string[]): void {
    if (this.#first !== player) this.#logger.info({ player: player.program, refused }, 'sounds are played');
    this.#first = player;
    this.#silent = false;
  }

  /** Null when it was played (or took too long, which another player would too), else why not. */
  async #playWith({ program, args }: Player, file: string): Promise<string | null> {
    const path = await findProgram(program, this.#env);
    if (path === null) return 'not installed';
    const options = { env: this.#env, signal: this.#closing.signal, timeoutMs: LIMIT_MS };
    try {
      const { status, why, words } = await run(path, [...args, file], options);
      return status === 0 || why === 'late' ? null : words;
    } catch {
      return 'closed';
    }
  }
}
