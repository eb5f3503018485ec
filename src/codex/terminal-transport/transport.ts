import { type ErrorReport, errorOf, reportOf, VoiceError } from '../../errors.ts';
import { unattended } from '../../platform/unattended.ts';
import { startFailure } from '../app-server/recovery.ts';
import { identifyCodex } from '../binary.ts';
import type {
  Answer,
  CodexSession,
  PendingRequest,
  PromptFate,
  SessionEvent,
  SessionStatus,
  SubmitOptions,
  ThreadSummary,
  TurnEvent,
} from '../codex.ts';
import { makeCodexHome } from '../codex-home.ts';
import { fileOf, filesIn, summaryOf } from '../history/rollout-files.ts';
import { fateOnDisk, NEW } from '../history/rollout-search.ts';
import type { Notification } from '../protocol.ts';
import { SessionBase } from '../session.ts';
import { realDirectory, type SessionOptions } from '../session-options.ts';
import { approvalPending, type GateView } from '../tui/gate.ts';
import { ownKeys, tuiTable } from '../tui/own-keys.ts';
import { cleanPrompt } from '../tui/paste.ts';
import { readScreen, type Screen } from '../tui/screen.ts';
import { CurrentConversation } from './current-conversation.ts';
import { ScreenRequests } from './screen-requests.ts';
import { TurnEnd } from './turn-end.ts';
import { ENDED, notFound, TERMINAL_LIMITS } from './words.ts';

const ESCAPE = '\x1b';
const INTERRUPT_MS = 5_000;
/** A terminal that goes on in a conversation draws a composer, and draws it anew when it has read the conversation. */
const SETTLE_MS = 800;

/**
 * A session without an app-server: the plain TUI of an older Codex. What it does is read from the rollout file of the
 * conversation, what it asks from that and from the screen. Verified on Codex 0.98.0, 0.120.0, 0.169.0 and 0.171.0.
 */
export function createTerminalSession(options: SessionOptions): CodexSession {
  return new TerminalSession(options);
}

class TerminalSession extends SessionBase {
  readonly #requests: ScreenRequests;
  readonly #turnEnd: TurnEnd;
  readonly #conversation: CurrentConversation;
  #thread: string | null;
  #startedAt = new Date();
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SessionOptions) {
    super(options);
    this.#thread = options.resume ?? null;
    const read = (): Promise<void> => this.#conversation.read();
    this.#conversation = new CurrentConversation({
      env: options.env,
      logger: this.logger,
      terminal: () => ({
        pid: this.phase === 'ready' ? this.terminal.pid : null,
        directory: this.directory,
        startedAt: this.#startedAt,
      }),
      moved: (thread) => {
        this.#thread = thread;
        this.tui.follow(thread);
      },
      told: (notifications) => this.#notified(notifications),
    });
    this.#requests = new ScreenRequests({
      rows: () => (this.phase === 'ready' ? this.terminal.rows() : []),
      active: () => this.#active,
      calls: () => this.#conversation.file?.calls ?? [],
      directory: () => this.directory,
      read,
      press: (key) => this.terminal.write(key),
      requested: (request) => this.#told({ type: 'requested', request }),
      resolved: (id) => this.#told({ type: 'resolved', id }),
      change: this.change,
      logger: this.logger,
    });
    this.#turnEnd = new TurnEnd({
      rows: () => this.terminal.rows(),
      turn: () => this.#conversation.file?.turn ?? null,
      read,
      over: (status, message) => this.#notified(this.#conversation.file?.end(status, message) ?? []),
      logger: this.logger,
    });
  }

  get pending(): readonly PendingRequest[] {
    return this.#requests.pending;
  }

  get status(): SessionStatus {
    return {
      state: this.#state,
      thread: this.#thread,
      model: this.#conversation.file?.model ?? null,
      transport: 'terminal',
      limits: TERMINAL_LIMITS,
      ...(this.reason && { reason: this.reason }),
    };
  }

  get thread(): string {
    return this.#thread ?? NEW;
  }

  get view(): GateView {
    return {
      phase: this.phase,
      reason: this.reason,
      thread: this.#active ? { type: 'active', activeFlags: [] } : { type: 'idle' },
      interruptedAt: this.#interruptedAt,
      pending: this.pending,
      screen: this.#screen,
    };
  }

  get #screen(): Screen {
    if (performance.now() - this.tui.startedAt < SETTLE_MS) return { kind: 'loading' };
    return readScreen(this.terminal.rows());
  }

  get #active(): boolean {
    return this.#conversation.active;
  }

  /**
   * Words that steer are a prompt of their own: Enter would approve a request that comes up in that moment, and here
   * the screen alone tells of it.
   */
  override async *submit(
    prompt: string,
    options: SubmitOptions = {},
  ): AsyncGenerator<TurnEvent, void, undefined> {
    const over = this.#conversation.expect(cleanPrompt(prompt));
    try {
      yield* super.submit(prompt, { ...options, mode: 'turn' });
    } finally {
      over();
    }
  }

  async interrupt(): Promise<boolean> {
    await this.#conversation.read();
    if (!this.#active) return false;
    this.terminal.write(ESCAPE);
    return (await this.change.until(() => !this.#active || null, INTERRUPT_MS)) !== null;
  }

  answer(id: string, hash: string, answer: Answer): Promise<void> {
    return this.#requests.answer(id, hash, answer);
  }

  async fateOf(prompt: string, thread: string, since: Date): Promise<PromptFate> {
    try {
      await this.#conversation.read();
      const directory = await realDirectory(this.options.project);
      const running = this.#active ? this.#thread : null;
      return await fateOnDisk(this.options.env, {
        prompt: cleanPrompt(prompt),
        thread,
        directory,
        since,
        running,
      });
    } catch (error) {
      return { kind: 'unknown', reason: reportOf(error) };
    }
  }

  async threads(limit: number): Promise<ThreadSummary[]> {
    const files = await filesIn(this.options.env, await realDirectory(this.options.project));
    return Promise.all(files.slice(0, limit).map(summaryOf));
  }

  open(thread: string | null): Promise<void> {
    // Between two prompts, as if it were one itself.
    return this.delivery.between(async () => {
      if (thread !== null && (await fileOf(this.options.env, thread)) === null) throw notFound(thread);
      const [request] = this.pending;
      if (request) throw errorOf(approvalPending(request));
      await this.change.until(() => !this.#active || null, Number.POSITIVE_INFINITY, this.closing.signal);
      await this.#stop();
      this.#thread = thread;
      await this.start();
    });
  }

  async close(): Promise<void> {
    if (this.phase === 'closed') return;
    await this.interrupt();
    this.enter('closed');
    this.closing.abort(new VoiceError('codex-down', 'The session is closed.', 'Start codex-voice again.'));
    await this.#stop();
    await this.started();
    this.told.close();
  }

  protected async begin(): Promise<void> {
    this.closing.signal.throwIfAborted();
    this.enter('starting');
    try {
      this.directory = await realDirectory(this.options.project);
      await this.tui.endOrphan();
      await makeCodexHome(this.options.env);
      const { path: binary } = await identifyCodex(this.options.command, this.options.env);
      // A new conversation where Codex has that of before no more.
      if (!(await this.#conversation.resume(this.#thread))) this.#thread = null;
      const keys = ownKeys(await tuiTable(this.options.env, this.logger)).flatMap((setting) => [
        '-c',
        setting,
      ]);
      this.closing.signal.throwIfAborted();
      this.#startedAt = new Date();
      this.tui.show({
        binary,
        thread: this.#thread,
        args: (thread) => [...(thread === null ? [] : ['resume', thread]), ...this.#trust(), ...keys],
        directory: this.directory,
        env: this.options.env,
        started: this.options.started,
        exited: () => void this.#recover(),
      });
    } catch (cause) {
      const error = startFailure(cause);
      await this.#stop();
      this.enter('down', reportOf(error));
      throw error;
    }
    this.enter('ready');
    this.#conversation.watch();
    await this.untilComposer();
  }

  /** For this run alone: the person's own config.toml is theirs. */
  #trust(): string[] {
    if (!this.options.project.trusted) return [];
    return ['-c', `projects={${JSON.stringify(this.directory)}={trust_level="trusted"}}`];
  }

  async #stop(): Promise<void> {
    await this.tui.stop();
    await this.#lost();
    this.#conversation.close();
    if (this.phase === 'ready' || this.phase === 'recovering') this.phase = 'down';
  }

  /** The program that ran the turns is gone: what it wrote last is read, and nothing more will come. */
  async #lost(): Promise<void> {
    await this.#conversation.read();
    const at = performance.now();
    for (const turn of this.turns) turn.lost('', at);
    this.#conversation.file?.lost();
    this.#turnEnd.stop();
    this.#requests.clear();
  }

  /** The terminal ended, by a crash or by a person; it is started again, in the same conversation. */
  async #recover(): Promise<void> {
    this.enter('recovering', ENDED);
    try {
      await this.#lost();
      const { signal } = this.closing;
      const back = (): true | null => this.terminal.pid !== null || this.phase !== 'recovering' || null;
      await this.change.until(back, Number.POSITIVE_INFINITY, signal);
      if (this.phase !== 'recovering') return;
      this.enter('ready');
      await this.untilComposer();
    } catch (error) {
      this.logger.debug({ err: error }, 'the terminal is not ready yet; the status says why');
    }
  }

  #notified(notifications: readonly Notification[]): void {
    const at = performance.now();
    for (const notification of notifications) {
      for (const turn of this.turns) turn.notified(notification, at);
      if (notification.method !== 'turn/completed') continue;
      if (notification.params.turn.status === 'interrupted') this.#interruptedAt = at;
      this.tui.worked();
    }
    this.#turnEnd.restart();
    this.#requests.look();
    this.changed();
  }

  #told(event: SessionEvent): void {
    this.told.push(event);
    this.changed();
  }

  protected override painted(): void {
    unattended(this.logger, 'the end of a turn on the screen', () => this.#turnEnd.look());
    unattended(this.logger, 'a request on the screen', () => this.#requests.look());
    super.painted();
  }

  protected gaveUp(reason: ErrorReport): void {
    this.enter('down', reason);
  }

  get #state(): SessionStatus['state'] {
    if (this.phase === 'closed') return 'down';
    if (this.phase !== 'ready') return this.phase;
    if (this.pending.length > 0 || this.reason) return 'waiting';
    return this.#active ? 'working' : 'idle';
  }
}
