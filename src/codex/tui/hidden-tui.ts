import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SessionOptions } from '../../agent/session.ts';
import { type ErrorReport, reportOf } from '../../errors.ts';
import { Backoff } from '../../processes/backoff.ts';
import { PtyTerminal } from '../../terminal/pty-terminal.ts';
import { lineText } from '../../text/clean.ts';
import { Change } from '../change.ts';
import { lastWordsOn } from '../last-words.ts';
import { terminalRecord } from '../orphans.ts';
import type { ProcessRecord } from '../process-record.ts';
import { NO_COMPOSER } from './gate.ts';
import { blockedBy, COMPOSER_INDENT, readScreen, type Screen } from './screen.ts';

/** Consecutive crashes after which the TUI is not restarted until it is needed. */
export const MAX_FAILURES = 5;

const LOADING_TIMEOUT_MS = 30_000;
/** The same where prompts can be sent without the terminal, ms. A composer takes 0.03 to 0.7 s (Codex 0.169.0). */
const OPTIONAL_TIMEOUT_MS = 10_000;
/** A terminal that failed is started again after this time, ms, with the next prompt. */
const RETRY_MS = 60_000;
/** A question stays on the screen this long, ms; screens that appear briefly do not. */
const SETTLED_AFTER_MS = 1_000;

/**
 * Disables menus that open by themselves and block prompts: the offer of an update, whose default answer installs
 * software, and the offer of a cheaper model at 90 % of the plan's usage limit (Codex 0.169.0).
 */
const QUIET = ['check_for_update_on_startup=false', 'notice.hide_rate_limit_model_nudge=true'];

/** What the TUI runs and shows. */
interface TuiTarget {
  binary: string;
  /** The conversation; null: a new one. */
  thread: string | null;
  /** Returns the arguments for this conversation. */
  args: (thread: string | null) => string[];
  directory: string;
  env: NodeJS.ProcessEnv;
  /** See SessionOptions. */
  started?: ((pid: number) => void) | undefined;
  /** True: Codex can be used without the terminal. If it fails, `trouble` says why, and the session goes on. */
  optional?: boolean;
  /** Called when the TUI ended by itself; it is restarted. */
  exited?: () => void;
}

interface TuiListener {
  /** A terminal that Codex needs could not be started again, or ended too often in a row. */
  gaveUp(reason: ErrorReport): void;
  /** `trouble` has changed. */
  changed(): void;
}

/** The real Codex TUI in the hidden terminal, restarted whenever it ends. Verified with Codex 0.169.0 and 0.171.0. */
export class HiddenTui {
  readonly terminal: PtyTerminal;
  /** Lets a later daemon end the process. */
  readonly #record: ProcessRecord;
  readonly #logger: Logger;
  readonly #listener: TuiListener;
  readonly #backoff = new Backoff();
  readonly #change = new Change();
  #target: TuiTarget | null = null;
  #recorded: Promise<void> = Promise.resolve();
  #startedAt = Number.NEGATIVE_INFINITY;
  #trouble: ErrorReport | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(
    { socketFolder, size, logger }: Pick<SessionOptions, 'socketFolder' | 'size' | 'logger'>,
    listener: TuiListener,
  ) {
    this.terminal = new PtyTerminal(logger, size, COMPOSER_INDENT);
    this.#record = terminalRecord(socketFolder, logger);
    this.#logger = logger;
    this.#listener = listener;
    this.terminal.onPainted(() => this.#painted());
  }

  /** Start of the current program, performance.now() in ms. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** Why nothing can be typed into a terminal that is optional. Null: prompts are typed. */
  get trouble(): ErrorReport | null {
    return this.#trouble;
  }

  /** True while the screen shows the composer. */
  get showsComposer(): boolean {
    return this.#composer() !== null;
  }

  /** Waits for the composer or a lasting question. Returns what keeps prompts from being typed; null: nothing. */
  async obstacle(signal: AbortSignal): Promise<ErrorReport | null> {
    const screen = await this.#settled(signal);
    if (screen.kind === 'loading' && this.#trouble === null) this.giveUp(NO_COMPOSER);
    if (this.#trouble) return null;
    return screen.kind === 'composer' ? null : blockedBy(screen.kind === 'blocked' ? screen.by : 'menu');
  }

  /**
   * Starts the TUI in an empty terminal. After trouble it is used again when it shows something.
   * @throws VoiceError codex-down, unless it is optional
   */
  show(target: TuiTarget): void {
    this.#target = target;
    this.#startOr(target, (error) => {
      if (!target.optional) throw error;
      this.#lost(error);
    });
  }

  /** Records that nothing can be typed. Returns false if the terminal is not optional. */
  giveUp(reason: ErrorReport): boolean {
    if (!this.#target?.optional) return false;
    this.#logger.warn({ reason: reason.message }, 'prompts are sent without the hidden terminal');
    this.#trouble = reason;
    this.terminal.writeLine(
      lineText(`Prompts are sent without this terminal. ${reason.message} ${reason.hint}`),
    );
    this.#listener.changed();
    return true;
  }

  /** Starts an optional terminal again that failed some time ago. When its composer shows, prompts are typed again. */
  retry(): void {
    const target = this.#target;
    if (!target || !this.#trouble || this.terminal.pid !== null) return;
    if (performance.now() - this.#failedAt < RETRY_MS) return;
    this.#startOr(target, (error) => this.#lost(error));
  }

  /** Remembers that the user went to another thread, for the next start. */
  follow(thread: string): void {
    if (this.#target) this.#target = { ...this.#target, thread };
  }

  /** Forgets earlier crashes after a successful turn. */
  worked(): void {
    if (this.#trouble === null) this.#backoff.reset();
  }

  /** Restarts the TUI to empty its composer. */
  async clear(): Promise<void> {
    const target = this.#target;
    await this.stop();
    if (target) this.show(target);
  }

  /** Ends a process that an earlier daemon left behind. */
  async endOrphan(): Promise<void> {
    await this.#record.endOrphan();
  }

  async stop(): Promise<void> {
    this.#target = null;
    await this.terminal.stop();
    await this.#recorded;
    await this.#record.clear();
  }

  /** Returns the composer or a lasting question on the screen; `loading` when the screen stays empty for long. */
  async #settled(signal: AbortSignal): Promise<Screen> {
    const patience = this.#target?.optional ? OPTIONAL_TIMEOUT_MS : LOADING_TIMEOUT_MS;
    const deadline = performance.now() + patience;
    const known = (): Screen | null =>
      this.#composer() ?? (this.#trouble && readScreen(this.terminal.rows()));
    for (;;) {
      const screen = await this.#change.until(known, SETTLED_AFTER_MS, signal);
      if (screen) return screen;
      const other = readScreen(this.terminal.rows());
      if (other.kind !== 'loading' || !this.#target || performance.now() > deadline) return other;
    }
  }

  #composer(): Screen | null {
    const screen = readScreen(this.terminal.rows());
    return screen.kind === 'composer' ? screen : null;
  }

  /** After a new frame: an unused terminal may have become usable. The screen of a garbled one may look like a menu. */
  #painted(): void {
    if (this.#trouble) {
      const screen = readScreen(this.terminal.rows());
      if (screen.kind === 'composer' || (screen.kind === 'blocked' && screen.by !== 'menu')) {
        this.#logger.info('the hidden terminal can be used again');
        this.#trouble = null;
        this.#listener.changed();
      }
    }
    this.#change.notify();
  }

  #startOr(target: TuiTarget, failed: (error: unknown) => void): void {
    try {
      this.#start(target);
    } catch (error) {
      failed(error);
    }
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

  /** It could not be restarted. */
  #lost(error: unknown): void {
    this.#logger.error({ err: error }, 'the hidden terminal could not be started again');
    this.#failed(reportOf(error));
  }

  #failed(reason: ErrorReport): void {
    this.#failedAt = performance.now();
    if (!this.giveUp(reason)) {
      this.#target = null;
      this.#listener.gaveUp(reason);
    }
    this.#change.notify();
  }

  /** Restarts the TUI after a crash, or after the user has ended it. The server continues a running turn meanwhile. */
  async #exited(status: { exitCode: number; signal: number }): Promise<void> {
    const pause = this.#backoff.next();
    this.#logger.warn({ ...status, pause }, 'the hidden terminal ended');
    this.#target?.exited?.();
    if (this.#backoff.failures > MAX_FAILURES) {
      const last = lastWordsOn(this.terminal.screen(), this.terminal.size.columns) || 'it said nothing';
      this.#failed({
        code: 'codex-down',
        message: `Codex keeps ending in the hidden terminal: ${last}`,
        hint: 'Run `codex` in a terminal to see why.',
      });
      return;
    }
    await delay(pause, undefined, { ref: false }); // A daemon that ends meanwhile does not wait.
    if (this.#target && this.terminal.pid === null) this.#start(this.#target);
  }
}
