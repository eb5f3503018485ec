import type { Logger } from 'pino';
import type { CodexLink, OpenThread } from './link.ts';

/** What following needs of the session. */
export interface FollowerPlace {
  /** What a thread of this project is called. */
  name: string;
  logger: Logger;
  /** Where the session is: `link` is null while Codex is not connected, `directory` the real path of its folder. */
  now(): { link: CodexLink | null; directory: string; thread: string | null };
  /** The session goes on in that thread. */
  followed(thread: OpenThread): void;
  /** The terminal shows what is no conversation of this project; it is to show that again. */
  strayed(): void;
}

/** The terminal hears of another thread when we do, and forgets what is typed until it shows it (Codex 0.169.0). */
const SETTLE_MS = 500;

interface Move {
  thread: string;
  how: 'begun' | 'resumed';
}

/**
 * Keeps the session in the conversation that the terminal shows, wherever a person went in it with /new, /clear,
 * /fork or /resume (Codex 0.169.0 tells of each).
 */
export class Follower {
  readonly #place: FollowerPlace;
  /** The last move that was not followed yet. */
  #move: Move | null = null;
  #following = false;
  #apart = false;
  #followedAt = Number.NEGATIVE_INFINITY;

  constructor(place: FollowerPlace) {
    this.#place = place;
  }

  /** A person has just gone to another conversation: the terminal does not show it yet. */
  get settling(): boolean {
    return performance.now() - this.#followedAt < SETTLE_MS;
  }

  /** What this program opens itself is no move of a person. */
  async apart<T>(open: () => Promise<T>): Promise<T> {
    this.#apart = true;
    try {
      return await open();
    } finally {
      this.#apart = false;
    }
  }

  /** Another thread was opened. */
  moved(move: Move): void {
    if (this.#apart) return;
    this.#move = move;
    if (!this.#following) void this.#follow();
  }

  async #follow(): Promise<void> {
    this.#following = true;
    for (let move = this.#next(); move !== null; move = this.#next()) {
      try {
        await this.#goTo(move);
      } catch (error) {
        const { logger } = this.#place;
        logger.warn({ err: error, ...move }, 'the conversation in the terminal cannot be followed');
      }
    }
    this.#following = false;
  }

  /** Following is a resumption itself, of which Codex tells too: that is where the session is already. */
  #next(): Move | null {
    const move = this.#move;
    this.#move = null;
    return move?.thread === this.#place.now().thread ? null : move;
  }

  async #goTo({ thread, how }: Move): Promise<void> {
    const { name, logger } = this.#place;
    const { link, directory } = this.#place.now();
    if (!link) return;
    if (how === 'begun') await link.nameThread(thread, name);
    else {
      const { parentThreadId, ephemeral, cwd } = await link.readThread(thread);
      if (parentThreadId || ephemeral) return;
      if (cwd !== directory) return this.#place.strayed();
    }
    logger.info({ thread, how }, 'a person went to another conversation in the terminal');
    const opened = await link.resumeThread(thread);
    this.#followedAt = performance.now();
    this.#place.followed(opened);
  }
}
