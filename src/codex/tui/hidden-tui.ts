import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type ErrorReport, reportOf } from '../../errors.ts';
import { Backoff } from '../../processes/backoff.ts';
import type { PtyTerminal } from '../../terminal/pty-terminal.ts';
import { Change } from '../change.ts';
import { lastWordsOn } from '../last-words.ts';
import type { ProcessRecord } from '../process-record.ts';
import { readScreen, type Screen } from './screen.ts';

/** Crashes in a row after which nothing is started any more until somebody asks. */
export const MAX_FAILURES = 5;

const LOADING_TIMEOUT_MS = 30_000;
/** A screen that asks something stays; what flashes by on the way is gone by then. */
const SETTLED_AFTER_MS = 1_000;

/**
 * Menus that would open by themselves and keep every prompt out: the offer of an update, whose default answer installs
 * software, and that of a cheaper model when 90 % of the plan's usage limit are spent (Codex 0.169.0).
 */
const QUIET = ['check_for_update_on_startup=false', 'notice.hide_rate_limit_model_nudge=true'];

/** What the TUI shows and where. */
export interface TuiTarget {
  binary: string;
  /** The conversation that it shows; null: a new one. */
  thread: string | null;
  /** Arguments that show this conversation. */
  args: (thread: string | null) => string[];
  directory: string;
  env: NodeJS.ProcessEnv;
  /** See SessionOptions. */
  started?: ((pid: number) => void) | undefined;
  /** It ended by itself; it is started again. */
  exited?: () => void;
}

/** The real Codex TUI in the hidden terminal, started again whenever it ends. Verified on Codex 0.169.0 and 0.171.0. */
export class HiddenTui {
  readonly terminal: PtyTerminal;
  readonly #record: ProcessRecord;
  readonly #logger: Logger;
  readonly #gaveUp: (reason: ErrorReport) => void;
  readonly #backoff = new Backoff();
  readonly #change = new Change();
  #target: TuiTarget | null = null;
  #recorded: Promise<void> = Promise.resolve();
  #startedAt = Number.NEGATIVE_INFINITY;

  /** `record` tells a later daemon what to end; `gaveUp` is called when the TUI ended too often in a row. */
  constructor(
    terminal: PtyTerminal,
    record: ProcessRecord,
    logger: Logger,
    gaveUp: (reason: ErrorReport) => void,
  ) {
    this.terminal = terminal;
    this.#record = record;
    this.#logger = logger;
    this.#gaveUp = gaveUp;
    terminal.onPainted(() => this.#change.notify());
  }

  /** When the program in it was started last, performance.now() in ms. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The composer, or whatever else the screen came to show; `loading` when it shows nothing for long. */
  async settled(signal: AbortSignal): Promise<Screen> {
    const deadline = performance.now() + LOADING_TIMEOUT_MS;
    for (;;) {
      const screen = await this.#change.until(() => this.#composer(), SETTLED_AFTER_MS, signal);
      if (screen) return screen;
      const other = readScreen(this.terminal.rows());
      if (other.kind !== 'loading' || !this.#target || performance.now() > deadline) return other;
    }
  }

  /** Starts it, in an empty terminal. */
  show(target: TuiTarget): void {
    this.#target = target;
    this.#start(target);
  }

  /** A person went to another thread in it; there it starts again. */
  follow(thread: string): void {
    if (this.#target) this.#target = { ...this.#target, thread };
  }

  /** A turn went well: what crashed before is forgiven. */
  worked(): void {
    this.#backoff.reset();
  }

  /** Starts it again: its composer is empty then, whatever was in it. */
  async clear(): Promise<void> {
    const target = this.#target;
    await this.stop();
    if (target) this.show(target);
  }

  /** Ends what an earlier daemon left behind. */
  async endOrphan(): Promise<void> {
    await this.#record.endOrphan();
  }

  async stop(): Promise<void> {
    this.#target = null;
    await this.terminal.stop();
    await this.#recorded;
    await this.#record.clear();
  }

  #composer(): Screen | null {
    const screen = readScreen(this.terminal.rows());
    return screen.kind === 'composer' ? screen : null;
  }

  #start({ binary, thread, args: argsOf, directory, env, started }: TuiTarget): void {
    this.#startedAt = performance.now();
    const args = [...argsOf(thread), '-C', directory, ...QUIET.flatMap((setting) => ['-c', setting])];
    this.terminal.start({ program: binary, args, directory, env }, (status) => {
      this.#exited(status).catch((error: unknown) => this.#lost(error));
    });
    if (this.terminal.pid !== null) started?.(this.terminal.pid);
    if (this.terminal.pid !== null) this.#recorded = this.#write(this.terminal.pid);
  }

  async #write(pid: number): Promise<void> {
    try {
      await this.#record.write(pid);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the process of the hidden terminal cannot be noted');
    }
  }

  /** It cannot be started again. */
  #lost(error: unknown): void {
    this.#logger.error({ err: error }, 'the hidden terminal could not be started again');
    this.#target = null;
    this.#gaveUp(reportOf(error));
    this.#change.notify();
  }

  /** It crashed, or a person left it; a turn goes on in the server meanwhile. */
  async #exited(status: { exitCode: number; signal: number }): Promise<void> {
    const pause = this.#backoff.next();
    this.#logger.warn({ ...status, pause }, 'the hidden terminal ended');
    this.#target?.exited?.();
    if (this.#backoff.failures > MAX_FAILURES) {
      const last = lastWordsOn(this.terminal.screen(), this.terminal.size.columns) || 'it said nothing';
      this.#target = null;
      this.#gaveUp({
        code: 'codex-down',
        message: `Codex keeps ending in the hidden terminal: ${last}`,
        hint: 'Run `codex` in a terminal to see why.',
      });
      this.#change.notify();
      return;
    }
    await delay(pause, undefined, { ref: false }); // A daemon that ends meanwhile does not wait for it.
    if (this.#target && this.terminal.pid === null) this.#start(this.#target);
  }
}
