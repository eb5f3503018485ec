import type { AgentProgram } from '../../agent/agent.ts';
import type { Answer, PendingRequest } from '../../agent/requests.ts';
import type { KnownPrompt, PromptFate, ThreadSummary } from '../../agent/session.ts';
import { errorOf, reportOf } from '../../errors.ts';
import { Backoff } from '../../processes/backoff.ts';
import { findCodex } from '../binary.ts';
import { DOWN } from '../errors.ts';
import type { Notification, ThreadStatus } from '../protocol.ts';
import type { Transport, TransportPlace } from '../transport.ts';
import { approvalPending } from '../tui/gate.ts';
import { ownKeys } from '../tui/own-keys.ts';
import { blockedBy, readScreen, type Screen } from '../tui/screen.ts';
import { TrustQuestion } from '../tui/trust-question.ts';
import { ConnectionLost, RequestError } from './client-errors.ts';
import { Conversation } from './conversation.ts';
import { Follower } from './follower.ts';
import { CodexLink, type OpenThread, openedThread } from './link.ts';
import { Notices } from './notices.ts';
import { serverEnded, startAgain } from './recovery.ts';
import { TOKEN_VARIABLE, terminalEnvironment } from './remote-terminal.ts';
import { ServerTurns } from './server-turns.ts';
import { fateInThreads, listThreads } from './threads.ts';

const END_TURN_MS = 1_000;
const LOOK_AGAIN_MS = 50;
/** How long to wait for a recovery, ms; most take less than a second. */
const RECOVERY_MS = 30_000;

/** Uses this program's app-server, to which the terminal is connected as well. */
export class AppServerTransport implements Transport {
  readonly name = 'app-server';
  readonly steers = true;
  readonly turnStart: ServerTurns;
  readonly #place: TransportPlace;
  readonly #backoff = new Backoff();
  readonly #notices: Notices;
  readonly #follower: Follower;
  readonly #trust: TrustQuestion;
  #conversation: Conversation;
  #codex: AgentProgram = { path: '', version: '' };
  #link: CodexLink | null = null;
  /** The thread to resume. */
  #resume: string | null;
  #recovery: Promise<void> | null = null;

  constructor(place: TransportPlace) {
    this.#place = place;
    this.#resume = place.options.resume ?? null;
    this.#notices = new Notices((notice) => place.tell({ type: 'notice', notice }));
    this.#trust = new TrustQuestion({
      requested: (request) => place.tell({ type: 'requested', request }),
      resolved: (id) => place.tell({ type: 'resolved', id }),
      trusted: () => this.#trusted(),
    });
    this.turnStart = new ServerTurns({ place, trust: this.#trust, link: () => this.#ready });
    this.#conversation = this.#newConversation();
    this.#follower = new Follower({
      name: place.options.project.name,
      logger: place.logger,
      now: () => ({ link: this.#ready, directory: place.directory, thread: this.thread }),
      followed: (thread) => {
        this.#conversation.opened(thread);
        place.tui.follow(thread.id);
        place.changed();
      },
      strayed: () => place.beside(place.tui.clear()),
    });
  }

  get thread(): string | null {
    return this.#conversation.thread;
  }

  get destination(): string | null {
    return this.thread;
  }

  get model(): string | null {
    return this.#conversation.model;
  }

  get activity(): ThreadStatus {
    return this.#conversation.status;
  }

  get interruptedAt(): number {
    return this.#conversation.interruptedAt;
  }

  get pending(): readonly PendingRequest[] {
    return [...this.#trust.pending, ...this.#conversation.pending];
  }

  get screen(): Screen {
    return this.#follower.settling ? { kind: 'loading' } : readScreen(this.#place.tui.terminal.rows());
  }

  expect(): () => void {
    return () => undefined;
  }

  painted(): void {
    this.#trust.seen(readScreen(this.#place.tui.terminal.rows()), this.#place.directory);
  }

  async interrupt(): Promise<boolean> {
    const { thread } = this;
    if (!this.#link || !thread || this.activity.type !== 'active') return false;
    const turnId = this.#conversation.turn ?? (await this.#link.lastTurn(thread))?.id;
    if (!turnId) return false;
    try {
      await this.#link.interrupt({ threadId: thread, turnId });
      return true;
    } catch (error) {
      // The turn has just ended.
      if (error instanceof RequestError && this.#conversation.turn !== turnId) return false;
      throw error;
    }
  }

  async answer(id: string, hash: string, answer: Answer): Promise<void> {
    if (this.#trust.pending.some((request) => request.id === id)) {
      const trusted = await this.#trust.answer(id, hash, answer);
      return this.#place.enter('ready', trusted ? undefined : blockedBy('folder-trust'));
    }
    this.#conversation.answer(id, hash, answer, (request, result) => {
      if (!this.#link) throw errorOf(this.#place.reason ?? DOWN);
      this.#link.client.respond(request, result);
    });
  }

  async fateOf(
    prompt: string,
    thread: string,
    since: Date,
    others: readonly KnownPrompt[],
  ): Promise<PromptFate> {
    const { change, closing, options } = this.#place;
    for (let link: CodexLink | null = null; ; ) {
      try {
        link = await this.#connected();
        const sent = { prompt, thread, directory: this.#place.directory, since, others };
        const fate = await fateInThreads(link, sent, options.env);
        // Text typed into a running turn may still be taken.
        if (fate.kind !== 'absent' || this.activity.type !== 'active') return fate;
        await change.next(Number.POSITIVE_INFINITY, closing);
      } catch (error) {
        // The server ended during the request; the next one knows the answer.
        const cut = error instanceof ConnectionLost;
        if (!cut || closing.aborted) return { kind: 'unknown', reason: reportOf(error) };
        await change.next(LOOK_AGAIN_MS);
      }
    }
  }

  async threads(limit: number): Promise<ThreadSummary[]> {
    return listThreads(await this.#connected(), this.#place.directory, limit);
  }

  async open(thread: string | null): Promise<void> {
    const link = await this.#resting();
    const { directory, logger, options, tui } = this.#place;
    logger.info({ thread }, 'another conversation is opened');
    const open = (): Promise<OpenThread> => openedThread(link, directory, options.project.name, thread);
    this.#conversation.opened(await this.#follower.apart(open));
    await tui.stop();
    await this.#show(link);
    this.#place.changed();
    await this.#place.untilComposer();
  }

  /** A server that is asked to end completes its turn first, so a turn without a listener is interrupted. */
  async endTurn(): Promise<void> {
    try {
      if (await this.interrupt())
        await this.#place.change.until(() => this.#conversation.turn === null || null, END_TURN_MS);
    } catch (error) {
      this.#place.logger.debug({ err: error }, 'the turn could not be interrupted');
    }
  }

  async start(): Promise<void> {
    const { options, logger } = this.#place;
    this.#backoff.reset();
    // The folder may be a link whose target has changed.
    this.#resume = this.thread ?? this.#resume;
    this.#conversation = this.#newConversation();
    this.#codex = await findCodex(options.command, options.env, logger);
    await this.#connect(this.#resume);
  }

  async stop(): Promise<void> {
    const recovery = Promise.allSettled([this.#recovery]);
    await this.#disconnect();
    await recovery;
  }

  gaveUp(): Promise<void> {
    return this.#disconnect();
  }

  /** @throws VoiceError codex-down, ... */
  async #connected(): Promise<CodexLink> {
    const place = this.#place;
    if (place.phase === 'down' || place.phase === 'starting') await place.start();
    await place.change.until(() => place.phase !== 'recovering' || null, RECOVERY_MS, place.closing);
    if (this.#ready) return this.#ready;
    throw errorOf(place.reason ?? DOWN);
  }

  /** Resolves when no turn runs. @throws VoiceError approval-pending, codex-down, ... */
  async #resting(): Promise<CodexLink> {
    for (;;) {
      const link = await this.#connected();
      const [request] = this.pending;
      if (request) throw errorOf(approvalPending(request));
      if (this.activity.type !== 'active') return link;
      await this.#place.change.next(Number.POSITIVE_INFINITY, this.#place.closing);
    }
  }

  get #ready(): CodexLink | null {
    return this.#place.phase === 'ready' ? this.#link : null;
  }

  async #connect(thread: string | null): Promise<void> {
    const { options, directory, closing, logger } = this.#place;
    const { project, socketFolder, env, started } = options;
    const link = await CodexLink.open({
      codex: this.#codex,
      socketFolder,
      env,
      started,
      logger,
      signal: closing,
    });
    this.#link = link;
    link.client.listen({
      notification: (notification) => this.#notified(notification),
      request: (request) => {
        this.#conversation.requested(request);
        this.#place.changed();
      },
      closed: () => {
        if (this.#link === link && this.#place.phase === 'ready') this.#recovery = this.#recover();
      },
    });
    try {
      if (project.trusted) await link.trust(directory);
      const opened = await this.#follower.apart(() => link.openThread(directory, project.name, thread));
      closing.throwIfAborted();
      this.#conversation.opened(opened);
      await this.#show(link);
    } catch (error) {
      throw await link.server.explained(error);
    }
  }

  async #show(link: CodexLink): Promise<void> {
    const { options, directory, closing, tui } = this.#place;
    const keys = ownKeys(await link.tuiTable(directory)).flatMap((setting) => ['-c', setting]);
    closing.throwIfAborted();
    const { thread } = this;
    const { address } = link.server;
    if (!thread || address === null) return;
    const token = address.token === null ? [] : ['--remote-auth-token-env', TOKEN_VARIABLE];
    tui.show({
      binary: this.#codex.path,
      thread,
      args: (id) => ['resume', id ?? thread, '--remote', address.remote, ...token, ...keys],
      directory,
      env: terminalEnvironment(options.env, address.token),
      started: options.started,
      optional: true,
    });
  }

  async #disconnect(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    const at = performance.now();
    for (const turn of this.#place.turns) turn.lost(link?.server.lastWords ?? '', at);
    this.#conversation.lost();
    this.#trust.lost();
    await this.#place.tui.stop();
    await link?.close();
  }

  /** Restarts everything in the same thread after the server has ended. */
  async #recover(): Promise<void> {
    const place = this.#place;
    const reason = serverEnded(this.#link?.server.lastWords ?? '');
    place.logger.warn({ reason: reason.message }, 'the app-server is gone');
    place.enter('recovering', reason);
    const { thread } = this;
    const ended = await startAgain(reason, {
      stop: () => this.#disconnect(),
      start: () => this.#connect(thread),
      wanted: () => place.phase === 'recovering',
      backoff: this.#backoff,
      signal: place.closing,
      logger: place.logger,
    });
    if (ended === true) place.enter('ready');
    else if (ended) place.enter('down', ended);
    if (place.phase === 'closed') await this.#disconnect();
  }

  #notified(notification: Notification): void {
    const { turns, tui } = this.#place;
    const at = performance.now();
    for (const turn of turns) turn.notified(notification, at, this.thread);
    this.#conversation.notified(notification);
    this.#notices.notified(notification, this.thread);
    if (notification.method === 'turn/completed') {
      this.#backoff.reset();
      tui.worked();
    }
    this.#place.changed();
  }

  /** Restarts the terminal after the user has trusted the folder, so that its question disappears. */
  async #trusted(): Promise<void> {
    const place = this.#place;
    if (!this.#ready) throw errorOf(place.reason ?? DOWN);
    await this.#ready.trust(place.directory);
    if (place.tui.trouble === null) return place.tui.clear();
    // Codex 0.171.0 keeps the sandbox of a loaded conversation, and only its terminal sends another one with a prompt.
    place.enter('recovering');
    await this.#disconnect();
    await place.restart();
  }

  #newConversation(): Conversation {
    const place = this.#place;
    return new Conversation(place.directory, {
      requested: (request) => place.tell({ type: 'requested', request }),
      resolved: (id) => place.tell({ type: 'resolved', id }),
      moved: (thread, how) => this.#follower.moved({ thread, how }),
    });
  }
}
