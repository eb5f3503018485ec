import type { Logger } from 'pino';
import { type ErrorReport, errorOf } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Change } from './change.ts';
import type {
  Answer,
  CodexSession,
  KnownPrompt,
  PendingRequest,
  PromptFate,
  SessionEvent,
  SessionStatus,
  SubmitOptions,
  ThreadSummary,
  TurnEvent,
} from './codex.ts';
import { terminalRecord } from './orphans.ts';
import type { SessionOptions } from './session-options.ts';
import { PtyTerminal } from './terminal.ts';
import { DOWN, type GateView, type Phase } from './tui/gate.ts';
import { HiddenTui } from './tui/hidden-tui.ts';
import { cleanPrompt } from './tui/paste.ts';
import { Delivery, type DeliveryPlace } from './tui/prompt-typer.ts';
import { blockedBy, readScreen } from './tui/screen.ts';
import type { PromptTurn } from './turn.ts';

/** What the two transports share: the hidden terminal, the typing of prompts, and the phases of a session. */
export abstract class SessionBase implements CodexSession, DeliveryPlace {
  readonly terminal: PtyTerminal;
  readonly tui: HiddenTui;
  readonly change = new Change();
  readonly logger: Logger;
  readonly turns = new Set<PromptTurn>();
  protected readonly options: SessionOptions;
  protected readonly told = new EventQueue<SessionEvent>();
  protected readonly delivery = new Delivery(this);
  protected readonly closing = new AbortController();
  /** Real path of the project's folder, once it is known. */
  protected directory: string;
  protected phase: Phase = 'down';
  protected reason: ErrorReport | undefined;
  #lastTold = '';
  #starting: Promise<void> | null = null;

  protected constructor(options: SessionOptions) {
    this.options = options;
    this.directory = options.project.directory;
    this.logger = options.logger;
    this.terminal = new PtyTerminal(options.logger, options.size);
    const record = terminalRecord(options.socketFolder, options.logger);
    this.tui = new HiddenTui(this.terminal, record, options.logger, (reason) => this.gaveUp(reason));
    this.terminal.onPainted(() => this.painted());
  }

  abstract get status(): SessionStatus;
  abstract get pending(): readonly PendingRequest[];
  abstract get view(): GateView;
  abstract get thread(): string | null;
  abstract answer(id: string, hash: string, answer: Answer): Promise<void>;
  abstract fateOf(
    prompt: string,
    thread: string,
    since: Date,
    others?: readonly KnownPrompt[],
  ): Promise<PromptFate>;
  abstract threads(limit: number): Promise<ThreadSummary[]>;
  abstract open(thread: string | null): Promise<void>;
  abstract interrupt(): Promise<boolean>;
  abstract close(): Promise<void>;
  /** Starts Codex, up to its terminal. */
  protected abstract begin(): Promise<void>;
  /** The terminal ended too often in a row. */
  protected abstract gaveUp(reason: ErrorReport): void;

  get events(): AsyncIterable<SessionEvent> {
    return this.told;
  }

  /** A blocked screen (a question about hooks or trust) throws too, but leaves the terminal for a person to answer. */
  start(): Promise<void> {
    if (this.phase === 'ready' || this.phase === 'recovering') return Promise.resolve();
    this.#starting ??= this.begin().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async *submit(prompt: string, options: SubmitOptions = {}): AsyncGenerator<TurnEvent, void, undefined> {
    const clean = cleanPrompt(prompt);
    const { signal } = options;
    if (this.phase === 'down') await this.start();
    const turn = await this.delivery.deliver(clean, options);
    const stop = (): void => turn.events.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      yield* turn.events;
      if (!turn.ended) signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', stop);
      this.turns.delete(turn);
    }
  }

  /** Resolves when a start under way has come to its end, whatever that is. */
  protected async started(): Promise<void> {
    await Promise.allSettled([this.#starting]);
  }

  /** @throws VoiceError what stands in the way of the composer */
  protected async untilComposer(): Promise<void> {
    const screen = await this.tui.settled(this.closing.signal);
    if (this.phase === 'down') throw errorOf(this.reason ?? DOWN);
    if (screen.kind === 'composer') return;
    const reason = blockedBy(screen.kind === 'blocked' ? screen.by : 'menu');
    // What is a request that waits is told as one.
    this.enter('ready', this.pending.length > 0 ? undefined : reason);
    throw errorOf(reason);
  }

  /** A new frame is on the screen: what stood in the way may be gone. */
  protected painted(): void {
    if (this.phase === 'ready' && this.reason && readScreen(this.terminal.rows()).kind === 'composer')
      this.enter('ready');
    this.change.notify();
  }

  protected enter(phase: Phase, reason?: ErrorReport): void {
    if (this.phase === 'closed') return;
    this.phase = phase;
    this.reason = reason;
    this.changed();
  }

  protected changed(): void {
    const { status } = this;
    const now = JSON.stringify(status);
    if (now !== this.#lastTold) this.told.push({ type: 'status', status });
    const at = performance.now();
    for (const turn of this.turns) turn.waits(status.state === 'waiting', at);
    this.#lastTold = now;
    this.change.notify();
  }
}
