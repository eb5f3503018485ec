import type { Logger } from 'pino';
import { isSameFolder } from '../../files/user-paths.ts';
import type { CodexLink, OpenThread } from './link.ts';

/** The session, as the follower sees it. */
interface FollowerPlace {
  /** Name for a thread of this project. */
  name: string;
  logger: Logger;
  /** `link` is null while Codex is not connected; `directory` is the real path of its folder. */
  now(): { link: CodexLink | null; directory: string; thread: string | null };
  /** The session continues in that thread. */
  followed(thread: OpenThread): void;
  /** The terminal shows a conversation of another project, and must return to this one. */
  strayed(): void;
}

/** The terminal learns about another thread when this program does, and drops input meanwhile (Codex 0.169.0). */
const SETTLE_MS = 500;

interface Move {
  thread: string;
  how: 'begun' | 'resumed';
}

/**
 * Keeps the session in the conversation that the terminal shows, when the user changes it with /new, /clear, /fork or
 * /resume (Codex 0.169.0 reports each).
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

  /** True just after the user has changed the conversation, while the terminal does not show it yet. */
  get settling(): boolean {
    return performance.now() - this.#followedAt < SETTLE_MS;
  }

  /** Opens a conversation without following it as a move of the user. */
  async apart<T>(open: () => Promise<T>): Promise<T> {
    this.#apart = true;
    try {
      return await open();
    } finally {
      this.#apart = false;
    }
  }

  /** Handles a change of the thread. */
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

  /** Following resumes the thread, and Codex reports that too: the session is already there. */
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
      if (!isSameFolder(cwd, directory)) return this.#place.strayed();
    }
    logger.info({ thread, how }, 'the user went to another conversation in the terminal');
    const opened = await link.resumeThread(thread);
    this.#followedAt = performance.now();
    this.#place.followed(opened);
  }
}
