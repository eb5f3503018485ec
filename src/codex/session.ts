import { realpath, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Backoff } from '../platform/backoff.ts';
import { findCodex } from './binary.ts';
import { Change } from './change.ts';
import type {
  CodexSession,
  PendingRequest,
  SessionEvent,
  SessionState,
  SessionStatus,
  TurnEvent,
} from './codex.ts';
import { blockedBy, readScreen } from './composer.ts';
import { Conversation } from './conversation.ts';
import { type DeliveryPlace, deliver } from './delivery.ts';
import type { GateView, Phase } from './gate.ts';
import { CodexLink } from './link.ts';
import { cleanPrompt } from './paste.ts';
import type { Notification, Thread } from './protocol.ts';
import { PtyTerminal } from './terminal.ts';
import type { PromptTurn } from './turn.ts';

export interface SessionOptions {
  project: {
    name: string;
    directory: string;
    /** The person named this folder in the configuration: Codex need not ask whether to trust it. */
    trusted: boolean;
  };
  /** [codex] command: a name in PATH or a path. */
  command: string;
  /** Environment of Codex; CODEX_HOME is passed through. */
  env: NodeJS.ProcessEnv;
  /** Private folder (made 0700) for the socket, with a short path; no other session uses it. */
  socketFolder: string;
  /** The thread to go on with. */
  resume?: string;
  logger: Logger;
  /** Of the hidden terminal; 120 x 40 where absent. */
  size?: { columns: number; rows: number };
}

/** Crashes in a row after which nothing is started any more until somebody asks. */
const MAX_FAILURES = 5;
const COMPOSER_TIMEOUT_MS = 30_000;
/** A screen that asks something is drawn at once and for good; what flashes by on the way is gone by then. */
const BLOCKED_AFTER_MS = 1_000;

/** A session with the real Codex CLI in a hidden terminal; see CodexSession. */
export function createSession(options: SessionOptions): CodexSession {
  return new TerminalSession(options);
}

class TerminalSession implements CodexSession, DeliveryPlace {
  readonly terminal: PtyTerminal;
  readonly change = new Change();
  readonly logger: Logger;
  readonly #options: SessionOptions;
  readonly #events = new EventQueue<SessionEvent>();
  readonly #backoff = new Backoff();
  readonly #closing = new AbortController();
  readonly #turns = new Set<PromptTurn>();
  #conversation: Conversation;
  #directory: string;
  #binary = '';
  #link: CodexLink | null = null;
  #phase: Phase = 'down';
  #reason: ErrorReport | undefined;
  #told = '';
  #starting: Promise<void> | null = null;
  #delivering: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#directory = options.project.directory;
    this.logger = options.logger;
    this.terminal = new PtyTerminal(options.logger, options.size);
    this.terminal.onPainted(() => this.#painted());
    this.#conversation = this.#newConversation();
  }

  get events(): AsyncIterable<SessionEvent> {
    return this.#events;
  }

  get pending(): readonly PendingRequest[] {
    return this.#conversation.pending;
  }

  get status(): SessionStatus {
    return {
      state: this.#state(),
      thread: this.#conversation.thread,
      model: this.#conversation.model,
      transport: 'app-server',
      ...(this.#reason && { reason: this.#reason }),
    };
  }

  /** A blocked screen (a question about hooks or trust) throws too, but leaves the terminal for a person to answer. */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async *submit(prompt: string, signal?: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const clean = cleanPrompt(prompt);
    if (this.#phase === 'down') await this.start();
    const turn = await this.#oneByOne(() => deliver(this, clean, signal));
    const stop = (): void => turn.events.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      yield* turn.events;
      if (!turn.ended) signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', stop);
      this.unwatch(turn);
    }
  }

  async interrupt(): Promise<boolean> {
    const threadId = this.#conversation.thread;
    if (!this.#link || !threadId || this.#conversation.status.type !== 'active') return false;
    const turnId = this.#conversation.turn ?? (await this.lastTurn())?.id;
    if (!turnId) return false;
    await this.#link.interrupt({ threadId, turnId });
    return true;
  }

  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#enter('closed');
    this.#closing.abort(new VoiceError('codex-down', 'The session is closed.', 'Start codex-voice again.'));
    await this.#disconnect();
    this.#events.close();
  }

  // What a delivery needs.

  get view(): GateView {
    return {
      phase: this.#phase,
      reason: this.#reason,
      thread: this.#conversation.status,
      pending: this.pending,
      screen: readScreen(this.rows()),
    };
  }

  rows(): ReturnType<PtyTerminal['rows']> {
    return this.terminal.rows();
  }

  write(keys: string): void {
    this.terminal.write(keys);
  }

  async clear(): Promise<void> {
    await this.terminal.stop();
    if (this.#phase === 'ready') this.#showThread();
  }

  watch(turn: PromptTurn): void {
    this.#turns.add(turn);
  }

  unwatch(turn: PromptTurn): void {
    this.#turns.delete(turn);
  }

  async lastTurn(): ReturnType<CodexLink['lastTurn']> {
    const thread = this.#conversation.thread;
    return this.#link && thread ? this.#link.lastTurn(thread) : null;
  }

  // Start and end.

  async #start(): Promise<void> {
    if (this.#phase === 'closed') this.#closing.signal.throwIfAborted();
    this.#backoff.reset();
    this.#enter('starting');
    try {
      this.#directory = await this.#realDirectory();
      const thread = this.#conversation.thread ?? this.#options.resume ?? null;
      this.#conversation = this.#newConversation();
      this.#binary = (await findCodex(this.#options.command, this.#options.env, this.logger)).path;
      await this.#connect(thread);
    } catch (error) {
      await this.#disconnect();
      if (this.#phase === 'starting') this.#enter('down', reportOf(error));
      throw error;
    }
    this.#enter('ready');
    await this.#untilComposer();
  }

  async #realDirectory(): Promise<string> {
    const { directory, name } = this.#options.project;
    try {
      if ((await stat(directory)).isDirectory()) return await realpath(directory);
    } catch (error) {
      this.logger.debug({ err: error, directory }, 'the folder cannot be read');
    }
    throw new VoiceError(
      'directory-missing',
      `The folder of the project "${name}" is not there: ${directory}`,
      'Correct its path in config.toml.',
    );
  }

  async #connect(thread: string | null): Promise<void> {
    const { project, socketFolder, env } = this.#options;
    const link = await CodexLink.open({
      binary: this.#binary,
      socketFolder,
      env,
      logger: this.logger,
      signal: this.#closing.signal,
    });
    this.#link = link;
    link.client.listen({
      notification: (notification) => this.#notified(notification),
      request: (request) => {
        this.#conversation.requested(request);
        this.#changed();
      },
      closed: () => {
        if (this.#link === link && this.#phase === 'ready') void this.#recover();
      },
    });
    if (project.trusted) await link.trust(this.#directory);
    this.#conversation.opened(await link.openThread(this.#directory, project.name, thread));
    this.#closing.signal.throwIfAborted();
    this.#showThread();
  }

  /** Starts the TUI on the current thread. */
  #showThread(): void {
    const { thread } = this.#conversation;
    if (!this.#link || !thread) return;
    const args = ['resume', thread, '--remote', `unix://${this.#link.server.socket}`, '-C', this.#directory];
    this.terminal.start(
      {
        program: this.#binary,
        // An update offer's default answer installs software (Codex 0.169.0).
        args: [...args, '-c', 'check_for_update_on_startup=false'],
        directory: this.#directory,
        env: this.#options.env,
      },
      (status) => void this.#terminalExited(status),
    );
  }

  async #untilComposer(): Promise<void> {
    const deadline = performance.now() + COMPOSER_TIMEOUT_MS;
    const shown = await this.change.until(() => {
      if (this.#phase === 'down' || this.#phase === 'closed') return this.#reason ?? true;
      return readScreen(this.rows()).kind === 'composer' ? true : null;
    }, BLOCKED_AFTER_MS);
    if (shown === true) return;
    if (shown) throw new VoiceError(shown.code, shown.message, shown.hint);
    const screen = readScreen(this.rows());
    if (screen.kind === 'loading' && performance.now() < deadline) return this.#untilComposer();
    const error = blockedBy(screen.kind === 'blocked' ? screen.by : 'menu');
    this.#enter('ready', error);
    throw new VoiceError(error.code, error.message, error.hint);
  }

  async #disconnect(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    const at = performance.now();
    for (const turn of this.#turns) turn.lost(link?.server.lastWords ?? '', at);
    this.#conversation.lost();
    await this.terminal.stop();
    await link?.close();
  }

  // Crashes.

  /** The server is gone: all is started again, in the same thread. */
  async #recover(): Promise<void> {
    let reason: ErrorReport = {
      code: 'codex-down',
      message: `The Codex app-server ended: ${this.#link?.server.lastWords || 'without a word'}`,
      hint: 'It is being started again.',
    };
    this.logger.warn({ reason: reason.message }, 'the app-server is gone');
    this.#enter('recovering', reason);
    const thread = this.#conversation.thread;
    while (this.#phase === 'recovering') {
      await this.#disconnect();
      const pause = this.#backoff.next();
      if (this.#backoff.failures > MAX_FAILURES) return this.#enter('down', reason);
      try {
        await delay(pause, undefined, { signal: this.#closing.signal });
        await this.#connect(thread);
        if (this.#phase === 'recovering') this.#enter('ready');
      } catch (error) {
        this.logger.warn({ err: error }, 'Codex could not be started again');
        reason = reportOf(error);
      }
    }
  }

  /** The TUI is gone, by a crash or because a person left it; a turn goes on in the server meanwhile. */
  async #terminalExited(status: { exitCode: number; signal: number }): Promise<void> {
    const link = this.#link;
    const pause = this.#backoff.next();
    this.logger.warn({ ...status, pause }, 'the hidden terminal ended');
    this.#changed();
    if (this.#backoff.failures > MAX_FAILURES) {
      const last = this.terminal.screen().findLast((row) => row.trim() !== '') ?? '';
      this.#enter('down', {
        code: 'codex-down',
        message: `Codex keeps ending: ${last}`,
        hint: 'Run `codex` to see why.',
      });
      return this.#disconnect();
    }
    await delay(pause);
    if (this.#link === link && link?.client.open && this.terminal.pid === null) this.#showThread();
  }

  // What the server and the screen report.

  #notified(notification: Notification): void {
    const at = performance.now();
    for (const turn of this.#turns) turn.notified(notification, at);
    this.#conversation.notified(notification);
    if (notification.method === 'turn/completed') this.#backoff.reset();
    this.#changed();
  }

  #painted(): void {
    if (this.#phase === 'ready' && this.#reason && readScreen(this.rows()).kind === 'composer')
      this.#enter('ready');
    this.change.notify();
  }

  #newConversation(): Conversation {
    return new Conversation(this.#directory, {
      requested: (request) => this.#events.push({ type: 'requested', request }),
      resolved: (id) => this.#events.push({ type: 'resolved', id }),
      moved: (thread) => void this.#follow(thread),
    });
  }

  /** `/new` typed by a person: the session goes on in that thread. */
  async #follow(thread: Thread): Promise<void> {
    const link = this.#link;
    if (!link || this.#phase !== 'ready') return;
    this.logger.info({ thread: thread.id }, 'a new conversation was begun in the terminal');
    try {
      await link.nameThread(thread.id, this.#options.project.name);
      this.#conversation.opened(await link.resumeThread(thread.id));
    } catch (error) {
      this.logger.warn({ err: error, thread: thread.id }, 'the new conversation cannot be followed');
    }
    this.#changed();
  }

  #enter(phase: Phase, reason?: ErrorReport): void {
    if (this.#phase === 'closed') return;
    this.#phase = phase;
    this.#reason = reason;
    this.#changed();
  }

  #changed(): void {
    const { status } = this;
    const told = JSON.stringify(status);
    if (told !== this.#told) this.#events.push({ type: 'status', status });
    this.#told = told;
    this.change.notify();
  }

  #state(): SessionState {
    if (this.#phase === 'closed') return 'down';
    if (this.#phase !== 'ready') return this.#phase;
    const { status } = this.#conversation;
    const asked = status.type === 'active' && status.activeFlags.length > 0;
    if (asked || this.#reason || this.pending.length > 0) return 'waiting';
    return status.type === 'active' ? 'working' : 'idle';
  }

  /** Prompts are typed one after another, in the order in which they came. */
  #oneByOne<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#delivering.then(task);
    this.#delivering = result.catch(() => undefined);
    return result;
  }
}
