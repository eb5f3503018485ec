import type { Logger } from 'pino';
import { realDirectory } from '../agent/project.ts';
import { cleanPrompt } from '../agent/prompt.ts';
import type { Answer, PendingRequest } from '../agent/requests.ts';
import type {
  AgentSession,
  KnownPrompt,
  PromptFate,
  SessionEvent,
  SessionOptions,
  SessionState,
  SessionStatus,
  SubmitOptions,
  ThreadSummary,
  TurnEvent,
} from '../agent/session.ts';
import { type ErrorReport, errorOf, reportOf } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Change } from './change.ts';
import { DOWN, sessionClosed, startFailure, untyped } from './errors.ts';
import { PromptQueue, type QueuePlace } from './prompt-queue.ts';
import type { Transport, TransportPlace } from './transport.ts';
import type { GateView, Phase } from './tui/gate.ts';
import { HiddenTui } from './tui/hidden-tui.ts';

/**
 * A session with the real Codex CLI. Prompts are typed into its hidden terminal or sent by the transport, which reports
 * what becomes of them. See AgentSession.
 */
export class CodexSession implements AgentSession, TransportPlace, QueuePlace {
  readonly options: SessionOptions;
  readonly logger: Logger;
  readonly tui: HiddenTui;
  readonly change = new Change();
  readonly turns: QueuePlace['turns'] = new Set();
  directory: string;
  phase: Phase = 'down';
  reason: ErrorReport | undefined;
  readonly #events = new EventQueue<SessionEvent>();
  readonly #closing = new AbortController();
  readonly #transport: Transport;
  readonly #prompts: PromptQueue;
  #lastTold = '';
  #starting: Promise<void> | null = null;

  constructor(options: SessionOptions, transport: (place: TransportPlace) => Transport) {
    this.options = options;
    this.directory = options.project.directory;
    this.logger = options.logger;
    this.tui = new HiddenTui(options, {
      gaveUp: (reason) => this.#gaveUp(reason),
      changed: () => this.#terminalChanged(),
    });
    this.#transport = transport(this);
    this.#prompts = new PromptQueue(this, this.#transport.turnStart);
    this.terminal.onPainted(() => this.#painted());
  }

  get terminal(): HiddenTui['terminal'] {
    return this.tui.terminal;
  }

  get events(): AsyncIterable<SessionEvent> {
    return this.#events;
  }

  get pending(): readonly PendingRequest[] {
    return this.#transport.pending;
  }

  get status(): SessionStatus {
    const { name, thread, model } = this.#transport;
    const limits = this.tui.trouble ? [untyped(this.tui.trouble)] : this.#transport.limits;
    return {
      state: this.#state,
      thread,
      model,
      transport: name,
      ...(limits && { limits }),
      ...(this.reason && { reason: this.reason }),
    };
  }

  get #state(): SessionState {
    if (this.phase === 'closed') return 'down';
    if (this.phase !== 'ready') return this.phase;
    const { activity } = this.#transport;
    const active = activity.type === 'active';
    if (this.pending.length > 0 || (active && activity.activeFlags.length > 0) || this.reason)
      return 'waiting';
    return active ? 'working' : 'idle';
  }

  /** A blocked screen (a question about hooks or trust) throws too, but the terminal stays open for an answer. */
  start(): Promise<void> {
    if (this.phase === 'ready' || this.phase === 'recovering') return Promise.resolve();
    this.#starting ??= this.#begin().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  restart(): Promise<void> {
    if (this.phase === 'ready' || this.phase === 'recovering') this.phase = 'down';
    return this.start();
  }

  async *submit(prompt: string, options: SubmitOptions = {}): AsyncGenerator<TurnEvent, void, undefined> {
    const clean = cleanPrompt(prompt);
    const over = this.#transport.expect(clean);
    try {
      if (this.phase === 'down') await this.start();
      const mode = this.#transport.steers ? options.mode : 'turn';
      const turn = await this.#prompts.send(clean, { ...options, ...(mode && { mode }) });
      try {
        yield* turn.follow(options.signal);
      } finally {
        this.turns.delete(turn);
      }
    } finally {
      over();
    }
  }

  interrupt(): Promise<boolean> {
    return this.#transport.interrupt();
  }

  answer(id: string, hash: string, answer: Answer): Promise<void> {
    return this.#transport.answer(id, hash, answer);
  }

  fateOf(
    prompt: string,
    thread: string,
    since: Date,
    others: readonly KnownPrompt[] = [],
  ): Promise<PromptFate> {
    return this.#transport.fateOf(cleanPrompt(prompt), thread, since, others);
  }

  threads(limit: number): Promise<ThreadSummary[]> {
    return this.#transport.threads(limit);
  }

  /** Runs between two prompts, as if it were a prompt. */
  open(thread: string | null): Promise<void> {
    return this.#prompts.between(() => this.#transport.open(thread));
  }

  async close(): Promise<void> {
    if (this.phase === 'closed') return;
    await this.#transport.endTurn();
    this.enter('closed');
    // At once, because failures are expected from now on.
    this.#closing.abort(sessionClosed());
    const started = Promise.allSettled([this.#starting]);
    await this.#transport.stop();
    await started;
    this.#events.close();
  }

  // QueuePlace

  get thread(): string | null {
    return this.#transport.destination;
  }

  get view(): GateView {
    const { activity, interruptedAt, pending, screen } = this.#transport;
    return { phase: this.phase, reason: this.reason, thread: activity, interruptedAt, pending, screen };
  }

  // TransportPlace

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async untilComposer(): Promise<void> {
    const reason = await this.tui.obstacle(this.closing);
    if (this.phase === 'down') throw errorOf(this.reason ?? DOWN);
    if (reason === null) return;
    // A reason that is a pending request is reported as the request.
    this.enter('ready', this.pending.length > 0 ? undefined : reason);
    throw errorOf(reason);
  }

  enter(phase: Phase, reason?: ErrorReport): void {
    if (this.phase === 'closed') return;
    this.phase = phase;
    this.reason = reason;
    this.changed();
  }

  tell(event: SessionEvent): void {
    this.#events.push(event);
  }

  changed(): void {
    const { status } = this;
    const now = JSON.stringify(status);
    if (now !== this.#lastTold) this.tell({ type: 'status', status });
    const at = performance.now();
    for (const turn of this.turns) turn.waits(status.state === 'waiting', at);
    this.#lastTold = now;
    this.change.notify();
  }

  beside(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.logger.error({ err: error }, 'the hidden terminal could not be ended'),
    );
  }

  async #begin(): Promise<void> {
    this.closing.throwIfAborted();
    this.enter('starting');
    try {
      this.directory = await realDirectory(this.options.project);
      await Promise.all([this.terminal.load(), this.tui.endOrphan()]);
      await this.#transport.start();
    } catch (cause) {
      const error = startFailure(cause);
      await this.#transport.stop();
      if (this.phase === 'starting') this.enter('down', reportOf(error));
      throw error;
    }
    this.enter('ready');
    await this.untilComposer();
  }

  #gaveUp(reason: ErrorReport): void {
    this.enter('down', reason);
    this.beside(this.#transport.gaveUp());
  }

  /** Nothing on a terminal that is not used keeps a prompt from being sent. */
  #terminalChanged(): void {
    if (this.phase === 'ready' && this.tui.trouble) this.enter('ready');
    else this.changed();
  }

  /** After a new frame: an obstacle may have gone. */
  #painted(): void {
    this.#transport.painted();
    if (this.phase === 'ready' && this.reason && this.tui.showsComposer) this.enter('ready');
    this.change.notify();
  }
}
