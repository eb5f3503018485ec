import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openFirst } from '../drivers.ts';
import { Backoff } from '../processes/backoff.ts';
import type { FocusDriver, Look } from './active-window.ts';
import { type FocusableProject, projectOfWindow } from './focused-project.ts';
import { hyprlandDriver } from './hyprland.ts';
import { kwinDriver } from './kwin.ts';
import { macosDriver } from './macos.ts';
import { niriDriver } from './niri.ts';
import { swayDriver } from './sway.ts';
import { windowsDriver } from './windows.ts';
import { x11Driver } from './x11.ts';

/**
 * Time limit for an answer, ms. It is asked for at the key press and needed when the sentence has ended, so a busy machine
 * may take longer than the few ms that it takes otherwise.
 */
const LIMIT_MS = 2_000;

interface FocusOptions {
  projects: () => readonly FocusableProject[];
  /** The environment of the desktop session. */
  env: NodeJS.ProcessEnv;
  /** A private folder for temporary files. */
  folder: string;
  logger: Logger;
}

/** Returns every driver, in the order in which they are tried. */
export function focusDrivers(options: Omit<FocusOptions, 'projects'>): FocusDriver[] {
  const { env } = options;
  if (process.platform === 'win32') return [windowsDriver()];
  if (process.platform === 'darwin') return [macosDriver()];
  return [swayDriver(env), kwinDriver(options), hyprlandDriver(env), niriDriver(env), x11Driver(options)];
}

/**
 * Knows in which project the user works. While there are several projects, it stays connected to the desktop, and
 * connects again when the connection ends.
 */
export class Focus {
  readonly #options: FocusOptions;
  readonly #drivers: readonly FocusDriver[];
  #look: Look | null = null;
  /** Ends the run in progress; null while there is none. */
  #running: AbortController | null = null;
  /** One run at a time: the end of the last one may still change the desktop. */
  #done: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: FocusOptions, drivers = focusDrivers(options)) {
    this.#options = options;
    this.#drivers = drivers;
  }

  /** Connects when there are several projects, and disconnects when there is only one. */
  follow(): void {
    const several = !this.#closed && this.#options.projects().length > 1;
    if (several === (this.#running !== null)) return;
    this.#running?.abort();
    this.#running = several ? new AbortController() : null;
    const signal = this.#running?.signal;
    if (signal) this.#done = this.#done.then(() => this.#run(signal));
  }

  /**
   * Returns the name of the project in whose folder the user works: in the active terminal or editor. Null when that is
   * unknown. Never throws, and takes at most 2 s.
   */
  async project(): Promise<string | null> {
    const { projects, env, logger } = this.#options;
    const look = this.#look;
    if (look === null) return null;
    const limit = AbortSignal.timeout(LIMIT_MS);
    const late = new Promise<never>((_, reject) => {
      limit.addEventListener('abort', () => reject(limit.reason), { once: true });
    });
    const find = async (): Promise<string | null> => {
      const window = await look();
      return window && projectOfWindow(window, projects(), env, limit);
    };
    try {
      return await Promise.race([late, find()]);
    } catch (error) {
      logger.debug({ err: error }, 'the focused project is not known');
      return null;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.follow();
    await this.#done;
  }

  /** Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const { opened: driver, passedOver } = await openFirst(this.#drivers, (each) => each);
    for (const { name, reason } of passedOver)
      logger.info({ driver: name, reason }, 'focus driver passed over');
    if (driver === null) return;
    logger.info({ driver: driver.name, gap: driver.gap }, 'following the focus');
    const backoff = new Backoff();
    const attach = (look: Look): void => {
      this.#look = look;
    };
    while (!signal.aborted) {
      const reason = await driver.serve(attach, signal).catch((error: unknown) => error);
      this.#look = null;
      if (signal.aborted) return;
      logger.debug({ err: reason }, 'the active window is not known now');
      await sleep(backoff.next(), undefined, { signal }).catch(() => undefined); // Closed meanwhile.
    }
  }
}
