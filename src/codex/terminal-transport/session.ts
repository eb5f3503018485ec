import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type ErrorReport, errorOf, reportOf, VoiceError } from '../../errors.ts';
import { findProgramOnly } from '../binary.ts';
import type {
  Answer,
  CodexSession,
  PendingRequest,
  PromptFate,
  SessionStatus,
  SubmitOptions,
  ThreadSummary,
  TurnEvent,
} from '../codex.ts';
import { readScreen, type Screen } from '../composer.ts';
import { approvalPending, type GateView } from '../gate.ts';
import { cleanPrompt } from '../paste.ts';
import type { ThreadStatus } from '../protocol.ts';
import { SessionBase } from '../session-base.ts';
import { realDirectory, type SessionOptions } from '../session-options.ts';
import { fateIn } from '../threads.ts';
import { notificationsOf, turnsOf } from './rollout.ts';
import { fileOf, filesIn, readRows, summaryOf } from './rollout-files.ts';
import { RolloutTail } from './rollout-tail.ts';
import { type ScreenRequest, screenRequest } from './screen-request.ts';

/** A conversation that Codex has not written down yet: it does so with the first prompt. */
const NEW = 'new';
const FIND_MS = 100;
const ESCAPE = '\x1b';
const INTERRUPT_MS = 5_000;
const MOST_PRESSES = 3;
const PRESS_MS = 1_500;
/** A terminal that goes on in a conversation draws a composer, and draws it anew when it has read the conversation. */
const SETTLE_MS = 800;

/** What the terminal alone cannot do. */
export const TERMINAL_LIMITS: readonly string[] = [
  'answers come whole, not word by word',
  'questions of Codex are answered in codex-voice attach',
  'what is approved is known as far as the terminal shows it, and never decided by voice',
  'a denied request ends the turn',
];

/**
 * A session without an app-server: the plain TUI of an older Codex. What it does is read from the rollout file of the
 * conversation, what it asks from the screen. Verified on Codex 0.169.0.
 */
export function createTerminalSession(options: SessionOptions): CodexSession {
  return new TerminalSession(options);
}

class TerminalSession extends SessionBase {
  #thread: string | null;
  #tail: RolloutTail | null = null;
  #startedAt = 0;
  #finding: NodeJS.Timeout | undefined;
  #threadStatus: ThreadStatus = { type: 'idle' };
  #interruptedAt = Number.NEGATIVE_INFINITY;
  #asked: { pending: PendingRequest; keys: ScreenRequest['keys'] } | null = null;
  /** Hash of what was answered here and is still on the screen. */
  #answered: string | null = null;

  constructor(options: SessionOptions) {
    super(options);
    this.#thread = options.resume ?? null;
  }

  get pending(): readonly PendingRequest[] {
    return this.#asked ? [this.#asked.pending] : [];
  }

  get status(): SessionStatus {
    return {
      state: this.#state,
      thread: this.#thread,
      model: null,
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
      thread: this.#threadStatus,
      interruptedAt: this.#interruptedAt,
      pending: this.pending,
      screen: this.#screen,
    };
  }

  get #screen(): Screen {
    if (performance.now() - this.tui.startedAt < SETTLE_MS) return { kind: 'loading' };
    return readScreen(this.terminal.rows());
  }

  override async *submit(
    prompt: string,
    options: SubmitOptions = {},
  ): AsyncGenerator<TurnEvent, void, undefined> {
    if (this.#tail) this.#tail.busy = true;
    try {
      yield* super.submit(prompt, options);
    } finally {
      if (this.#tail) this.#tail.busy = this.turns.size > 0;
    }
  }

  async interrupt(): Promise<boolean> {
    if (this.#threadStatus.type !== 'active') return false;
    this.terminal.write(ESCAPE);
    const over = (): true | null => this.#threadStatus.type !== 'active' || null;
    return (await this.change.until(over, INTERRUPT_MS)) !== null;
  }

  /** Answered by a key, while the screen shows exactly what was decided about. */
  async answer(id: string, hash: string, answer: Answer): Promise<void> {
    const asked = this.#asked;
    if (asked?.pending.id !== id) throw gone();
    const shown = screenRequest(this.terminal.rows(), this.directory);
    if (asked.pending.hash !== hash || shown?.request.hash !== hash) {
      const hint = 'Nothing was decided. Look at it again: `codex-voice status`.';
      throw new VoiceError('request-changed', 'What Codex asks is not what was shown.', hint);
    }
    const key = 'decision' in answer ? shown.keys[answer.decision] : undefined;
    if (key === undefined) {
      const hint = 'Answer it in `codex-voice attach`.';
      throw new VoiceError('request-unfit', 'This request does not take such an answer.', hint);
    }
    this.#answered = hash;
    this.#resolve();
    await this.#press(key, hash);
  }

  /** Presses a key until the request is off the screen: a busy terminal takes Escape for a part of something else. */
  async #press(key: string, hash: string): Promise<void> {
    const over = (): true | null => {
      return screenRequest(this.terminal.rows(), this.directory)?.request.hash !== hash || null;
    };
    for (let tries = 0; tries < MOST_PRESSES; tries += 1) {
      this.terminal.write(key);
      if (await this.change.until(over, PRESS_MS)) return;
    }
    this.logger.warn('the terminal did not take the answer: the request waits on');
    this.#answered = null;
    this.painted();
  }

  async fateOf(prompt: string, thread: string, since: Date): Promise<PromptFate> {
    try {
      const paths =
        thread === NEW
          ? (await filesIn(this.options.env, this.directory, since.getTime())).map(({ path }) => path)
          : [await fileOf(this.options.env, thread)].filter((path) => path !== null);
      if (thread !== NEW && paths.length === 0) throw notFound(thread);
      const turns = (await Promise.all(paths.map(readRows))).flatMap(turnsOf);
      return fateIn(turns, cleanPrompt(prompt), since);
    } catch (error) {
      return { kind: 'unknown', reason: reportOf(error) };
    }
  }

  async threads(limit: number): Promise<ThreadSummary[]> {
    const files = await filesIn(this.options.env, await realDirectory(this.options.project));
    return Promise.all(files.slice(0, limit).map(summaryOf));
  }

  open(thread: string | null): Promise<void> {
    return this.delivery.between(async () => {
      const [request] = this.pending;
      if (request) throw errorOf(approvalPending(request));
      if (thread !== null && (await fileOf(this.options.env, thread)) === null) throw notFound(thread);
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
      const binary = await findProgramOnly(this.options.command, this.options.env);
      const path = this.#thread === null ? null : await fileOf(this.options.env, this.#thread);
      if (path === null) this.#thread = null;
      else await this.#follow(path, (await stat(path)).size);
      this.#startedAt = Date.now();
      this.tui.show({
        binary,
        thread: this.#thread,
        args: (thread) => [...(thread === null ? [] : ['resume', thread]), ...this.#trust()],
        directory: this.directory,
        env: this.options.env,
      });
      this.#find();
    } catch (error) {
      await this.#stop();
      this.enter('down', reportOf(error));
      throw error;
    }
    this.enter('ready');
    await this.untilComposer();
  }

  /** For this run alone: the person's own config.toml is theirs. */
  #trust(): string[] {
    if (!this.options.project.trusted) return [];
    return ['-c', `projects={${JSON.stringify(this.directory)}={trust_level="trusted"}}`];
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#finding);
    const at = performance.now();
    for (const turn of this.turns) turn.lost('', at);
    await this.tui.stop();
    this.#tail?.close();
    this.#tail = null;
    this.#threadStatus = { type: 'idle' };
    this.#resolve();
    if (this.phase === 'ready') this.phase = 'down';
  }

  /** Looks for the file of a conversation that is begun in the terminal, by a first prompt or by /new. */
  #find(): void {
    this.#finding = setTimeout(
      async () => {
        try {
          const [newest] = await filesIn(this.options.env, this.directory, this.#startedAt);
          if (newest && newest.path !== this.#tail?.path && this.phase === 'ready') {
            this.#thread = newest.thread;
            this.tui.follow(newest.thread);
            await this.#follow(newest.path, 0);
            this.changed();
          }
        } catch (error) {
          this.logger.debug({ err: error }, 'the conversations cannot be listed just now');
        }
        if (this.phase === 'ready' || this.phase === 'starting') this.#find();
      },
      this.#tail && this.turns.size === 0 ? FIND_MS * 10 : FIND_MS,
    );
  }

  async #follow(path: string, offset: number): Promise<void> {
    this.#tail?.close();
    this.#tail = new RolloutTail(path, offset, (row) => this.#row(row), this.logger);
    this.#tail.busy = this.turns.size > 0;
    if (offset === 0) await this.#tail.read();
  }

  #row(row: string): void {
    const at = performance.now();
    for (const notification of notificationsOf(row, this.thread)) {
      for (const turn of this.turns) turn.notified(notification, at);
      const { method, params } = notification;
      if (method === 'thread/status/changed') this.#threadStatus = params.status;
      if (method !== 'turn/completed') continue;
      if (params.turn.status === 'interrupted') this.#interruptedAt = at;
      this.tui.worked();
    }
    this.changed();
  }

  protected override painted(): void {
    const rows = this.terminal.rows();
    const shown = this.phase === 'ready' ? screenRequest(rows, this.directory) : null;
    if (shown?.request.hash !== this.#answered) this.#answered = null;
    if (this.#answered === null && shown?.request.hash !== this.#asked?.pending.hash) {
      this.#resolve();
      if (shown) this.#request(shown);
    }
    super.painted();
  }

  protected gaveUp(reason: ErrorReport): void {
    this.enter('down', reason);
  }

  #request({ request, keys }: ScreenRequest): void {
    const pending = { ...request, id: randomBytes(3).toString('hex'), at: new Date().toISOString() };
    this.#asked = { pending, keys };
    this.told.push({ type: 'requested', request: pending });
    this.changed();
  }

  #resolve(): void {
    const asked = this.#asked;
    this.#asked = null;
    if (!asked) return;
    this.told.push({ type: 'resolved', id: asked.pending.id });
    this.changed();
  }

  get #state(): SessionStatus['state'] {
    if (this.phase === 'closed') return 'down';
    if (this.phase !== 'ready') return this.phase;
    if (this.#asked || this.reason) return 'waiting';
    return this.#threadStatus.type === 'active' ? 'working' : 'idle';
  }
}

function gone(): VoiceError {
  return new VoiceError(
    'request-gone',
    'This request waits no more.',
    'Nothing was decided: it was answered elsewhere, or Codex took it back.',
  );
}

function notFound(thread: string): VoiceError {
  const hint = 'Run `codex-voice sessions` to see those there are.';
  return new VoiceError('not-found', `Codex has no conversation ${thread}.`, hint);
}
