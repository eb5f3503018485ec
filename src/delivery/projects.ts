import type { Project } from '../agent/project.ts';
import type { WaitingRequest } from '../agent/requests.ts';
import type { AgentSession, SessionEvent, SessionStatus } from '../agent/session.ts';
import { SessionPool } from '../agent/session-pool.ts';
import { reportOf } from '../errors.ts';
import type { Bus } from '../facts.ts';
import type { Journal } from '../journal/journal.ts';
import type { Settings } from '../settings/schema.ts';
import { Delivery } from './delivery.ts';
import { newSession, type SessionParts } from './new-session.ts';
import { type NamedProject, projectCalled, projectNamed, projectsOf } from './project.ts';

interface ProjectsOptions extends SessionParts {
  settings: Settings;
  /** Codex's folder when the settings name none. */
  workingDirectory: string;
  journal: Journal;
  bus: Pick<Bus, 'publish' | 'shown'>;
}

/** The projects of the settings, each with a session of Codex and a queue. They work in parallel. */
export class Projects {
  readonly #options: ProjectsOptions;
  readonly #pool: SessionPool;
  readonly #deliveries = new Map<string, Delivery>();
  /** Number of viewers of each project's hidden terminal. */
  readonly #watched = new Map<string, number>();
  #closed = false;
  #settings: Settings;
  #all: readonly [NamedProject, ...NamedProject[]];

  constructor(options: ProjectsOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#all = projectsOf(options.settings, options.workingDirectory);
    this.#pool = new SessionPool({
      limits: () => {
        const { pool_size, keep_alive, session_timeout } = this.#settings.codex;
        return { size: pool_size, idleMs: keep_alive ? null : session_timeout * 1_000 };
      },
      create: (project) => newSession(project, this.#settings.codex, options),
      inUse: (name) => (this.#deliveries.get(name)?.busy ?? false) || this.#watched.has(name),
      onEvent: (project, event) => this.#onEvent(project, event),
      logger: options.logger,
    });
  }

  /** All projects, in the order of the settings; there is always one. */
  get all(): readonly NamedProject[] {
    return this.#all;
  }

  /** The chosen project, else the first. */
  get current(): NamedProject {
    return this.#all.find(({ name }) => name === this.chosen) ?? this.#all[0];
  }

  /** Name of the chosen project; null: none is chosen, or it is not in the settings any more. */
  get chosen(): string | null {
    const { chosen } = this.#options.state;
    return this.#all.some(({ name }) => name === chosen) ? chosen : null;
  }

  /** Returns the project with this name or alias, written or spoken. @throws VoiceError project-unknown */
  called(name: string): NamedProject {
    return projectCalled(name, this.#all);
  }

  /** Returns the project with this exact name. @throws VoiceError project-unknown */
  named(name: string): NamedProject {
    return projectNamed(name, this.#all);
  }

  /** Sends prompts to this project from now on; null: to the first one. @throws VoiceError project-unknown */
  choose(name: string | null): void {
    this.#options.state.choose(name === null ? null : this.named(name).name);
    const project = this.current.name;
    this.#options.bus.publish({ type: 'project', project, chosen: this.chosen !== null });
  }

  /** Returns the project's session, started if necessary. @throws VoiceError project-unknown */
  session(name: string): Promise<AgentSession> {
    return this.#pool.session(this.named(name));
  }

  /** Returns the project's session if it is not parked. */
  running(name: string): AgentSession | null {
    return this.#pool.running(name);
  }

  status(name: string): SessionStatus {
    const known = this.#pool.status(name);
    if (known) return known;
    const thread = this.#options.state.thread(this.named(name).directory);
    return { state: 'parked', thread, model: null, transport: 'app-server' };
  }

  /** Returns the project's queue. @throws VoiceError project-unknown */
  delivery(name: string): Delivery {
    const project = this.named(name);
    const known = this.#deliveries.get(name);
    if (known) return known;
    const delivery = this.#newDelivery(project.name);
    this.#deliveries.set(name, delivery);
    return delivery;
  }

  /** The queues that were used so far. */
  get deliveries(): readonly Delivery[] {
    return [...this.#deliveries.values()];
  }

  /** All requests of Codex that wait for the user. */
  get pending(): WaitingRequest[] {
    return this.#all.flatMap(({ name }) =>
      (this.running(name)?.pending ?? []).map((request) => ({ ...request, project: name })),
    );
  }

  /** True while a prompt is in progress or waits, or Codex works. */
  get busy(): boolean {
    const atWork = this.#all.some(({ name }) => {
      const { state } = this.status(name);
      return state === 'working' || state === 'waiting';
    });
    return atWork || this.deliveries.some((delivery) => delivery.busy);
  }

  /** Keeps a session from being parked until the returned function is called. */
  watch(name: string): () => void {
    this.#watched.set(name, (this.#watched.get(name) ?? 0) + 1);
    return () => {
      const left = (this.#watched.get(name) ?? 1) - 1;
      if (left > 0) this.#watched.set(name, left);
      else this.#watched.delete(name);
      this.#pool.trim();
    };
  }

  /** Runs work with a session that is not parked meanwhile. @throws VoiceError project-unknown, codex-missing, ... */
  async withSession<T>(name: string, work: (session: AgentSession) => Promise<T>): Promise<T> {
    const release = this.watch(name);
    try {
      return await work(await this.session(name));
    } finally {
      release();
    }
  }

  /** Starts the session of the current project. @throws VoiceError codex-missing, codex-signed-out, ... */
  async start(): Promise<void> {
    const session = await this.session(this.current.name);
    await session.start();
  }

  /** Applies new settings. A prompt in progress is answered first. */
  apply(next: Settings): void {
    const before = { all: this.#all, codex: this.#settings.codex };
    this.#settings = next;
    this.#all = projectsOf(next, this.#options.workingDirectory);
    const anew =
      before.codex.command !== next.codex.command || before.codex.transport !== next.codex.transport;
    for (const old of before.all) {
      const now = this.#all.find(({ name }) => name === old.name);
      const same = now && now.directory === old.directory && now.trusted === old.trusted;
      if (!now) this.#beside(this.#remove(old.name), old.name);
      else if (anew || !same) this.#beside(this.#renew(now), old.name);
    }
    this.#pool.trim();
  }

  /** Resolves when no prompt is in progress and the last notification is on the screen. */
  async settled(): Promise<void> {
    await Promise.all(this.deliveries.map((delivery) => delivery.settled()));
  }

  /** Ends everything. Unsent prompts stay in the journal. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.deliveries.map((delivery) => delivery.close()));
    await this.#pool.close();
  }

  /** Reports the failure of background work, unless the daemon is ending. */
  #beside(work: Promise<void>, project: string): void {
    work.catch((error: unknown) => {
      if (this.#closed) return;
      this.#options.logger.error({ err: error, project }, 'a project could not take over its new settings');
      this.#options.bus.publish({ type: 'trouble', error: reportOf(error) });
    });
  }

  async #renew({ name }: NamedProject): Promise<void> {
    const ran = this.running(name) !== null;
    await this.delivery(name).pause(() => this.#pool.park(name));
    if (ran) await this.session(name);
  }

  async #remove(name: string): Promise<void> {
    const delivery = this.#deliveries.get(name);
    this.#deliveries.delete(name);
    await delivery?.close();
    await this.#pool.park(name);
  }

  #newDelivery(project: string): Delivery {
    const { bus, journal, logger } = this.#options;
    return new Delivery({
      project,
      session: () => this.session(project),
      status: () => this.status(project),
      whenBusy: () => this.#settings.codex.when_busy,
      bus,
      journal,
      logger: logger.child({ project }),
    });
  }

  #onEvent({ name, directory }: Project, event: SessionEvent): void {
    const { bus, state } = this.#options;
    switch (event.type) {
      case 'status':
        bus.publish({ type: 'session', project: name, status: event.status });
        if (event.status.thread !== null) state.setThread(directory, event.status.thread);
        return;
      case 'requested':
        bus.publish({ type: 'requested', project: name, request: event.request });
        return;
      case 'resolved':
        bus.publish({ type: 'resolved', project: name, request: event.id });
        this.#deliveries.get(name)?.retry();
        return;
      case 'notice':
        bus.publish({ type: 'session-notice', project: name, notice: event.notice });
        return;
    }
  }
}
