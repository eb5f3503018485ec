import { type ErrorReport, errorOf, reportOf, VoiceError } from '../../errors.ts';
import { Backoff } from '../../platform/backoff.ts';
import { type CodexBinary, findCodex } from '../binary.ts';
import type {
  Answer,
  CodexSession,
  KnownPrompt,
  PendingRequest,
  PromptFate,
  SessionStatus,
  ThreadSummary,
} from '../codex.ts';
import type { Notification } from '../protocol.ts';
import { SessionBase } from '../session.ts';
import { realDirectory, type SessionOptions } from '../session-options.ts';
import { approvalPending, DOWN, type GateView } from '../tui/gate.ts';
import { ownKeys } from '../tui/own-keys.ts';
import { cleanPrompt } from '../tui/paste.ts';
import { blockedBy, readScreen } from '../tui/screen.ts';
import { TrustQuestion } from '../tui/trust-question.ts';
import { ConnectionLost, RequestError } from './client-errors.ts';
import { Conversation, stateOf } from './conversation.ts';
import { Follower } from './follower.ts';
import { CodexLink, type OpenThread, openedThread } from './link.ts';
import { Notices } from './notices.ts';
import { serverEnded, startAgain, startFailure } from './recovery.ts';
import { TOKEN_VARIABLE, terminalEnvironment } from './remote-terminal.ts';
import { fateOf, listThreads } from './threads.ts';

const END_TURN_MS = 1_000;
const LOOK_AGAIN_MS = 50;
/** How long a recovery is waited for; most take less than one second. */
const RECOVERY_MS = 30_000;

/** A session with the real Codex CLI in a hidden terminal; see CodexSession. */
export function createSession(options: SessionOptions): CodexSession {
  return new AppServerSession(options);
}

class AppServerSession extends SessionBase {
  readonly #backoff = new Backoff();
  readonly #notices = new Notices((notice) => this.told.push({ type: 'notice', notice }));
  readonly #follower: Follower;
  readonly #trust = new TrustQuestion({
    requested: (request) => this.told.push({ type: 'requested', request }),
    resolved: (id) => this.told.push({ type: 'resolved', id }),
    trusted: () => this.#trusted(),
  });
  #conversation: Conversation;
  #codex: CodexBinary = { path: '', version: '' };
  #link: CodexLink | null = null;
  /** The thread to go on with. */
  #resume: string | null;
  #recovery: Promise<void> | null = null;

  constructor(options: SessionOptions) {
    super(options);
    this.#resume = options.resume ?? null;
    this.#conversation = this.#newConversation();
    this.#follower = new Follower({
      name: options.project.name,
      logger: options.logger,
      now: () => ({ link: this.#ready, directory: this.directory, thread: this.thread }),
      followed: (thread) => {
        this.#conversation.opened(thread);
        this.tui.follow(thread.id);
        this.changed();
      },
      strayed: () => this.#beside(this.tui.clear()),
    });
  }

  get pending(): readonly PendingRequest[] {
    return [...this.#trust.pending, ...this.#conversation.pending];
  }

  get status(): SessionStatus {
    return {
      state:
        this.#trust.pending.length > 0 ? 'waiting' : stateOf(this.phase, this.reason, this.#conversation),
      thread: this.#conversation.thread,
      model: this.#conversation.model,
      transport: 'app-server',
      ...(this.reason && { reason: this.reason }),
    };
  }

  async interrupt(): Promise<boolean> {
    const threadId = this.#conversation.thread;
    if (!this.#link || !threadId || this.#conversation.status.type !== 'active') return false;
    const turnId = this.#conversation.turn ?? (await this.#link.lastTurn(threadId))?.id;
    if (!turnId) return false;
    try {
      await this.#link.interrupt({ threadId, turnId });
      return true;
    } catch (error) {
      // It ended in this moment.
      if (error instanceof RequestError && this.#conversation.turn !== turnId) return false;
      throw error;
    }
  }

  async answer(id: string, hash: string, answer: Answer): Promise<void> {
    if (this.#trust.pending.some((request) => request.id === id)) {
      const trusted = await this.#trust.answer(id, hash, answer);
      return this.enter('ready', trusted ? undefined : blockedBy('folder-trust'));
    }
    this.#conversation.answer(id, hash, answer, (request, result) => {
      if (!this.#link) throw errorOf(this.reason ?? DOWN);
      this.#link.client.respond(request, result);
    });
  }

  async fateOf(
    prompt: string,
    thread: string,
    since: Date,
    others: readonly KnownPrompt[] = [],
  ): Promise<PromptFate> {
    const clean = cleanPrompt(prompt);
    for (let link: CodexLink | null = null; ; ) {
      try {
        link = await this.#connected();
        const sent = { prompt: clean, thread, directory: this.directory, since, others };
        const fate = await fateOf(link, sent, this.options.env);
        // What was typed into a turn that runs may be taken up yet.
        if (fate.kind !== 'absent' || this.#conversation.status.type !== 'active') return fate;
        await this.change.next(Number.POSITIVE_INFINITY, this.closing.signal);
      } catch (error) {
        // The server ended while it was asked: the next one knows.
        const cut = error instanceof ConnectionLost;
        if (!cut || this.closing.signal.aborted) return { kind: 'unknown', reason: reportOf(error) };
        await this.change.next(LOOK_AGAIN_MS);
      }
    }
  }

  async threads(limit: number): Promise<ThreadSummary[]> {
    return listThreads(await this.#connected(), this.directory, limit);
  }

  open(thread: string | null): Promise<void> {
    // Between two prompts, as if it were one itself.
    return this.delivery.between(async () => {
      const link = await this.#resting();
      this.logger.info({ thread }, 'another conversation is opened');
      const { name } = this.options.project;
      const open = (): Promise<OpenThread> => openedThread(link, this.directory, name, thread);
      this.#conversation.opened(await this.#follower.apart(open));
      await this.tui.stop();
      await this.#show(link);
      this.changed();
      await this.untilComposer();
    });
  }

  async close(): Promise<void> {
    if (this.phase === 'closed') return;
    await this.#endTurn();
    this.enter('closed');
    this.closing.abort(new VoiceError('codex-down', 'The session is closed.', 'Start codex-voice again.'));
    // At once: what fails now because it is closed is no surprise.
    const ended = Promise.allSettled([this.started(), this.#recovery]);
    await this.#disconnect();
    await ended;
    this.told.close();
  }

  /** A server that is told to go finishes its turn first; what nobody will hear is interrupted. */
  async #endTurn(): Promise<void> {
    try {
      if (await this.interrupt())
        await this.change.until(() => this.#conversation.turn === null || null, END_TURN_MS);
    } catch (error) {
      this.logger.debug({ err: error }, 'the turn could not be interrupted');
    }
  }

  /** @throws VoiceError codex-down, ... */
  async #connected(): Promise<CodexLink> {
    if (this.phase === 'down' || this.phase === 'starting') await this.start();
    await this.change.until(() => this.phase !== 'recovering' || null, RECOVERY_MS, this.closing.signal);
    if (this.#ready) return this.#ready;
    throw errorOf(this.reason ?? DOWN);
  }

  /** When no turn runs. @throws VoiceError approval-pending, codex-down, ... */
  async #resting(): Promise<CodexLink> {
    for (;;) {
      const link = await this.#connected();
      const [request] = this.pending;
      if (request) throw errorOf(approvalPending(request));
      if (this.#conversation.status.type !== 'active') return link;
      await this.change.next(Number.POSITIVE_INFINITY, this.closing.signal);
    }
  }

  get #ready(): CodexLink | null {
    return this.phase === 'ready' ? this.#link : null;
  }

  // What a delivery needs.

  get thread(): string | null {
    return this.#conversation.thread;
  }

  get view(): GateView {
    return {
      phase: this.phase,
      reason: this.reason,
      thread: this.#conversation.status,
      interruptedAt: this.#conversation.interruptedAt,
      pending: this.pending,
      screen: this.#follower.settling ? { kind: 'loading' } : readScreen(this.terminal.rows()),
    };
  }

  // Start and end.

  protected gaveUp(reason: ErrorReport): void {
    this.enter('down', reason);
    this.#beside(this.#disconnect());
  }

  #beside(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.logger.error({ err: error }, 'the hidden terminal could not be ended'),
    );
  }

  protected async begin(): Promise<void> {
    this.closing.signal.throwIfAborted();
    this.#backoff.reset();
    this.enter('starting');
    try {
      this.directory = await realDirectory(this.options.project);
      // Its folder may have become another, seen through a link.
      this.#resume = this.#conversation.thread ?? this.#resume;
      this.#conversation = this.#newConversation();
      await this.tui.endOrphan();
      this.#codex = await findCodex(this.options.command, this.options.env, this.logger);
      await this.#connect(this.#resume);
    } catch (cause) {
      const error = startFailure(cause);
      await this.#disconnect();
      if (this.phase === 'starting') this.enter('down', reportOf(error));
      throw error;
    }
    this.enter('ready');
    await this.untilComposer();
  }

  async #connect(thread: string | null): Promise<void> {
    const { project, socketFolder, env, started } = this.options;
    const link = await CodexLink.open({
      codex: this.#codex,
      socketFolder,
      env,
      started,
      logger: this.logger,
      signal: this.closing.signal,
    });
    this.#link = link;
    link.client.listen({
      notification: (notification) => this.#notified(notification),
      request: (request) => {
        this.#conversation.requested(request);
        this.changed();
      },
      closed: () => {
        if (this.#link === link && this.phase === 'ready') this.#recovery = this.#recover();
      },
    });
    try {
      if (project.trusted) await link.trust(this.directory);
      const opened = await this.#follower.apart(() => link.openThread(this.directory, project.name, thread));
      this.closing.signal.throwIfAborted();
      this.#conversation.opened(opened);
      await this.#show(link);
    } catch (error) {
      throw await link.server.explained(error);
    }
  }

  async #show(link: CodexLink): Promise<void> {
    const keys = ownKeys(await link.tuiTable(this.directory)).flatMap((setting) => ['-c', setting]);
    this.closing.signal.throwIfAborted();
    const { thread } = this.#conversation;
    if (!thread) return;
    const { address } = link.server;
    if (address === null) return;
    this.tui.show({
      binary: this.#codex.path,
      thread,
      args: (id) => [
        'resume',
        id ?? thread,
        '--remote',
        address.remote,
        ...(address.token === null ? [] : ['--remote-auth-token-env', TOKEN_VARIABLE]),
        ...keys,
      ],
      directory: this.directory,
      env: terminalEnvironment(this.options.env, address.token),
      started: this.options.started,
    });
  }

  async #disconnect(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    const at = performance.now();
    for (const turn of this.turns) turn.lost(link?.server.lastWords ?? '', at);
    this.#conversation.lost();
    this.#trust.lost();
    await this.tui.stop();
    await link?.close();
  }

  // Crashes.

  /** The server is gone: all is started again, in the same thread. */
  async #recover(): Promise<void> {
    const reason = serverEnded(this.#link?.server.lastWords ?? '');
    this.logger.warn({ reason: reason.message }, 'the app-server is gone');
    this.enter('recovering', reason);
    const { thread } = this;
    const ended = await startAgain(reason, {
      stop: () => this.#disconnect(),
      start: () => this.#connect(thread),
      wanted: () => this.phase === 'recovering',
      backoff: this.#backoff,
      signal: this.closing.signal,
      logger: this.logger,
    });
    if (ended === true) this.enter('ready');
    else if (ended) this.enter('down', ended);
    if (this.phase === 'closed') await this.#disconnect();
  }

  // What the server and the screen report.

  #notified(notification: Notification): void {
    const at = performance.now();
    for (const turn of this.turns) turn.notified(notification, at, this.thread);
    this.#conversation.notified(notification);
    this.#notices.notified(notification, this.#conversation.thread);
    if (notification.method === 'turn/completed') this.#worked();
    this.changed();
  }

  protected override painted(): void {
    this.#trust.seen(readScreen(this.terminal.rows()), this.directory);
    super.painted();
  }

  /** A person trusts the folder: the terminal, which is started again, asks no more. */
  async #trusted(): Promise<void> {
    if (!this.#ready) throw errorOf(this.reason ?? DOWN);
    await this.#ready.trust(this.directory);
    await this.tui.clear();
  }

  #worked(): void {
    this.#backoff.reset();
    this.tui.worked();
  }

  #newConversation(): Conversation {
    return new Conversation(this.directory, {
      requested: (request) => this.told.push({ type: 'requested', request }),
      resolved: (id) => this.told.push({ type: 'resolved', id }),
      moved: (thread, how) => this.#follower.moved({ thread, how }),
    });
  }
}
