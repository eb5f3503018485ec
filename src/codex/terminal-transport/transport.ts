import { realDirectory } from '../../agent/project.ts';
import type { Answer, PendingRequest } from '../../agent/requests.ts';
import type { PromptFate, SessionEvent, ThreadSummary } from '../../agent/session.ts';
import { errorOf, reportOf } from '../../errors.ts';
import { unattended } from '../../processes/unattended.ts';
import { identifyCodex } from '../binary.ts';
import { makeCodexHome } from '../codex-home.ts';
import { noConversation } from '../errors.ts';
import { fileOf, filesIn, summaryOf } from '../history/rollout-files.ts';
import { fateInRollouts, NEW } from '../history/rollout-search.ts';
import type { Notification, ThreadStatus } from '../protocol.ts';
import type { Transport, TransportPlace } from '../transport.ts';
import { approvalPending } from '../tui/gate.ts';
import { ESCAPE } from '../tui/keystrokes.ts';
import { ownKeys, tuiTable } from '../tui/own-keys.ts';
import { readScreen, type Screen } from '../tui/screen.ts';
import { CurrentConversation } from './current-conversation.ts';
import { ScreenRequests } from './screen-requests.ts';
import { TurnEnd } from './turn-end.ts';
import { ENDED, TERMINAL_LIMITS } from './words.ts';

const INTERRUPT_MS = 5_000;
/** A resumed terminal draws a composer, and draws it again when it has read the conversation. */
const SETTLE_MS = 800;

/**
 * Uses only the terminal, for an older Codex without an app-server. Reads Codex's actions from the rollout file, and
 * its requests from that file and the screen. Verified with Codex 0.98.0, 0.120.0, 0.169.0 and 0.171.0.
 */
export class TerminalTransport implements Transport {
  readonly name = 'terminal';
  readonly limits = TERMINAL_LIMITS;
  /** Enter could approve a request that appears at that moment, and only the screen shows requests. */
  readonly steers = false;
  readonly #place: TransportPlace;
  readonly #requests: ScreenRequests;
  readonly #turnEnd: TurnEnd;
  readonly #conversation: CurrentConversation;
  #thread: string | null;
  #startedAt = new Date();
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor(place: TransportPlace) {
    const { options, logger, tui } = place;
    const { terminal } = tui;
    this.#place = place;
    this.#thread = options.resume ?? null;
    const read = (): Promise<void> => this.#conversation.read();
    this.#conversation = new CurrentConversation({
      env: options.env,
      logger,
      terminal: () => ({
        pid: place.phase === 'ready' ? terminal.pid : null,
        directory: place.directory,
        startedAt: this.#startedAt,
      }),
      moved: (thread) => {
        this.#thread = thread;
        tui.follow(thread);
      },
      notified: (notifications) => this.#notified(notifications),
    });
    this.#requests = new ScreenRequests({
      rows: () => (place.phase === 'ready' ? terminal.rows() : []),
      active: () => this.#active,
      calls: () => this.#conversation.file?.calls ?? [],
      directory: () => place.directory,
      read,
      press: (key) => terminal.write(key),
      requested: (request) => this.#tell({ type: 'requested', request }),
      resolved: (id) => this.#tell({ type: 'resolved', id }),
      change: place.change,
      logger,
    });
    this.#turnEnd = new TurnEnd({
      rows: () => terminal.rows(),
      turn: () => this.#conversation.file?.turn ?? null,
      read,
      over: (status, message) => this.#notified(this.#conversation.file?.end(status, message) ?? []),
      logger,
    });
  }

  get thread(): string | null {
    return this.#thread;
  }

  get destination(): string {
    return this.#thread ?? NEW;
  }

  get model(): string | null {
    return this.#conversation.file?.model ?? null;
  }

  get activity(): ThreadStatus {
    return this.#active ? { type: 'active', activeFlags: [] } : { type: 'idle' };
  }

  get interruptedAt(): number {
    return this.#interruptedAt;
  }

  get pending(): readonly PendingRequest[] {
    return this.#requests.pending;
  }

  get screen(): Screen {
    const { tui } = this.#place;
    if (performance.now() - tui.startedAt < SETTLE_MS) return { kind: 'loading' };
    return readScreen(tui.terminal.rows());
  }

  get #active(): boolean {
    return this.#conversation.active;
  }

  expect(prompt: string): () => void {
    return this.#conversation.expect(prompt);
  }

  painted(): void {
    const { logger } = this.#place;
    unattended(logger, 'the end of a turn on the screen', () => this.#turnEnd.look());
    unattended(logger, 'a request on the screen', () => this.#requests.look());
  }

  async interrupt(): Promise<boolean> {
    await this.#conversation.read();
    if (!this.#active) return false;
    this.#place.tui.terminal.write(ESCAPE);
    return (await this.#place.change.until(() => !this.#active || null, INTERRUPT_MS)) !== null;
  }

  answer(id: string, hash: string, answer: Answer): Promise<void> {
    return this.#requests.answer(id, hash, answer);
  }

  async fateOf(prompt: string, thread: string, since: Date): Promise<PromptFate> {
    const { env, project } = this.#place.options;
    try {
      await this.#conversation.read();
      const directory = await realDirectory(project);
      const running = this.#active ? this.#thread : null;
      return await fateInRollouts(env, { prompt, thread, directory, since, running });
    } catch (error) {
      return { kind: 'unknown', reason: reportOf(error) };
    }
  }

  async threads(limit: number): Promise<ThreadSummary[]> {
    const { env, project } = this.#place.options;
    const files = await filesIn(env, await realDirectory(project));
    return Promise.all(files.slice(0, limit).map(summaryOf));
  }

  async open(thread: string | null): Promise<void> {
    const { options, change, closing } = this.#place;
    if (thread !== null && (await fileOf(options.env, thread)) === null) throw noConversation(thread);
    const [request] = this.pending;
    if (request) throw errorOf(approvalPending(request));
    await change.until(() => !this.#active || null, Number.POSITIVE_INFINITY, closing);
    await this.stop();
    this.#thread = thread;
    await this.#place.restart();
  }

  async endTurn(): Promise<void> {
    await this.interrupt();
  }

  async start(): Promise<void> {
    const { options, logger, closing, directory, tui } = this.#place;
    await makeCodexHome(options.env);
    const { path: binary } = await identifyCodex(options.command, options.env);
    // If Codex no longer has the earlier conversation, a new one begins.
    if (!(await this.#conversation.resume(this.#thread))) this.#thread = null;
    const keys = ownKeys(await tuiTable(options.env, logger)).flatMap((setting) => ['-c', setting]);
    closing.throwIfAborted();
    this.#startedAt = new Date();
    tui.show({
      binary,
      thread: this.#thread,
      args: (thread) => [...(thread === null ? [] : ['resume', thread]), ...this.#trust(), ...keys],
      directory,
      env: options.env,
      started: options.started,
      exited: () => void this.#recover(),
    });
    this.#conversation.watch();
  }

  async stop(): Promise<void> {
    await this.#place.tui.stop();
    await this.#lost();
    this.#conversation.close();
  }

  /** Codex has already ended completely. */
  async gaveUp(): Promise<void> {}

  /** Trusts the folder for this run only, because config.toml belongs to the user. */
  #trust(): string[] {
    const { options, directory } = this.#place;
    if (!options.project.trusted) return [];
    return ['-c', `projects={${JSON.stringify(directory)}={trust_level="trusted"}}`];
  }

  /** Reads the last lines of a program that has ended. */
  async #lost(): Promise<void> {
    await this.#conversation.read();
    const at = performance.now();
    for (const turn of this.#place.turns) turn.lost('', at);
    this.#conversation.file?.lost();
    this.#turnEnd.stop();
    this.#requests.clear();
  }

  /** Restarts a terminal that crashed or that the user ended, in the same conversation. */
  async #recover(): Promise<void> {
    const place = this.#place;
    place.enter('recovering', ENDED);
    try {
      await this.#lost();
      const back = (): true | null => place.tui.terminal.pid !== null || place.phase !== 'recovering' || null;
      await place.change.until(back, Number.POSITIVE_INFINITY, place.closing);
      if (place.phase !== 'recovering') return;
      place.enter('ready');
      await place.untilComposer();
    } catch (error) {
      place.logger.debug({ err: error }, 'the terminal is not ready yet; the status says why');
    }
  }

  #notified(notifications: readonly Notification[]): void {
    const { turns, tui } = this.#place;
    const at = performance.now();
    for (const notification of notifications) {
      for (const turn of turns) turn.notified(notification, at);
      if (notification.method !== 'turn/completed') continue;
      if (notification.params.turn.status === 'interrupted') this.#interruptedAt = at;
      tui.worked();
    }
    this.#turnEnd.restart();
    this.#requests.look();
    this.#place.changed();
  }

  #tell(event: SessionEvent): void {
    this.#place.tell(event);
    this.#place.changed();
  }
}
