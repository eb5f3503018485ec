import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { type Perform, type Performers, performWith } from '../actions.ts';
import type { WaitingRequest } from '../agent/requests.ts';
import { Rights } from '../approvals/rights.ts';
import type { AttachedTerminals } from '../attach/attached-terminals.ts';
import { Popups } from '../attach/popups.ts';
import { Bubbles } from '../bubbles/bubbles.ts';
import type { Clipboard } from '../clipboard/clipboard.ts';
import { findClipboard } from '../clipboard/find-clipboard.ts';
import { Projects } from '../delivery/projects.ts';
import { RequestWatch } from '../delivery/request-watch.ts';
import { Troubles } from '../delivery/troubles.ts';
import { reportOf } from '../errors.ts';
import type { Bus } from '../facts.ts';
import type { Paths } from '../files/paths.ts';
import { Focus } from '../focus/focus.ts';
import { type Destination, destinationOf } from '../interpretation/destination.ts';
import { Meaning } from '../interpretation/meaning.ts';
import { RecentPrompts } from '../interpretation/recent-prompts.ts';
import { AudioStore } from '../journal/audio.ts';
import { Journal } from '../journal/journal.ts';
import { Ear } from '../listening/ear.ts';
import type { EarMakers } from '../listening/ear-makers.ts';
import { Hearing } from '../listening/hearing.ts';
import { type Closable, RetiredParts } from '../listening/retired-parts.ts';
import { SpokenWords } from '../listening/spoken-words.ts';
import { type Stage, VoiceLoop } from '../listening/voice-loop.ts';
import type { Microphone } from '../microphone/microphone.ts';
import { openNotifier } from '../notifications/choose-notifier.ts';
import type { Notifier } from '../notifications/notification.ts';
import type { AgentProcesses } from '../peers/agents.ts';
import type { Role } from '../processes/priority.ts';
import { Reviews } from '../review/reviews.ts';
import type { Settings } from '../settings/schema.ts';
import { StateFile } from '../settings/state.ts';
import { Audible } from '../sounds/audible.ts';
import type { RequestsAloud } from '../sounds/requests-aloud.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import { findOpener } from '../windows/text-file.ts';
import { openReviewEditor } from './actions/windows.ts';
import { agent } from './agent.ts';
import { performersOf } from './performers.ts';

export interface PartsOptions {
  settings: Settings;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** Codex's folder when the settings name none. */
  workingDirectory: string;
  /** Facts are published here. */
  bus: Bus;
  /** Actions about the daemon itself. */
  program: Pick<Performers, 'reload' | 'restart' | 'stop'>;
  /** Clients that look at hidden terminals. */
  terminals: AttachedTerminals;
  /** Gets the processes of Codex that are started. */
  agents: AgentProcesses;
  /** True for a process of the user that Codex did not start. */
  trusts: (pid: number) => boolean;
  /** Raises the priority of a process that listens to the user. */
  give?: (pid: number, role: Role) => void;
  logger: Logger;
  /** Replaces parts of the desktop: the demo plays a recording and shows no notifications. */
  instead?: { microphone?: Microphone; notifier?: Notifier; ear?: EarMakers };
}

/** All parts except the hotkey and the control socket, built from the settings and replaced with them. */
export class Parts {
  readonly journal: Journal;
  readonly audio: AudioStore;
  readonly notifier: Notifier;
  readonly bus: Bus;
  readonly hearing: Hearing;
  readonly projects: Projects;
  readonly popups: Popups;
  readonly words: SpokenWords;
  readonly rights: Rights;
  readonly loop: VoiceLoop;
  readonly perform: Perform;
  readonly reviews: Reviews;
  readonly #state: StateFile;
  readonly #options: PartsOptions;
  readonly #ear: Ear;
  readonly #bubbles: Bubbles;
  readonly #audible: Audible;
  readonly #requests: RequestWatch;
  readonly #recent: RecentPrompts;
  readonly #focus: Focus;
  readonly #retired: RetiredParts;
  #applying: Promise<unknown> = Promise.resolve();
  #closed = false;
  #settings: Settings;
  /** The clipboard, once it has been looked for. */
  #clipboard: Clipboard | null = null;

  /** @throws VoiceError state-unwritable, journal-failed, detector-failed, model-missing */
  static async create(options: PartsOptions): Promise<Parts> {
    const { settings, paths, env, trusts, bus, give, logger, instead } = options;
    const onTrouble = (error: unknown): void => bus.publish({ type: 'trouble', error: reportOf(error) });
    const { microphone, ear: make } = instead ?? {};
    const made = { settings, paths, env, microphone, onTrouble, give, logger };
    const notifier = instead?.notifier ?? (await openNotifier({ logger, env, trusts }));
    return new Parts(options, notifier, await Ear.create(made, make));
  }

  private constructor(options: PartsOptions, notifier: Notifier, ear: Ear) {
    const { settings, paths, env, bus, logger } = options;
    this.#options = options;
    this.bus = bus;
    this.#ear = ear;
    this.#retired = new RetiredParts(logger);
    this.#settings = settings;
    this.journal = Journal.open(paths.journal, { logger });
    this.audio = AudioStore.open(join(paths.state, 'audio'), { logger });
    this.notifier = notifier;
    this.#bubbles = new Bubbles({
      notifier,
      logger,
      folder: join(paths.runtime, 'answers'),
      mode: () => this.#settings.reply.notify,
      streaming: () => this.#settings.codex.streaming,
      opener: findOpener(env),
      copy: () => this.#clipboard?.copy ?? null,
      memorable: (text) => this.words.memorable(text),
      act: (action) => this.perform(action, 'bubble'),
    });
    const inForce = (): Settings => this.#settings;
    const pending = (): readonly WaitingRequest[] => this.projects.pending;
    this.#audible = new Audible({ settings: inForce, pending, bus, env, logger });
    this.#state = new StateFile(join(paths.state, 'state.json'), logger);
    this.projects = new Projects({
      settings,
      workingDirectory: options.workingDirectory,
      agent,
      env,
      folder: paths.sessions,
      agents: options.agents,
      state: this.#state,
      journal: this.journal,
      bus,
      logger,
    });
    this.popups = new Popups({
      settings: () => this.#settings.reply,
      terminals: options.terminals,
      env,
      bus,
      logger,
    });
    this.words = new SpokenWords({
      settings: inForce,
      paths,
      directoryOf: (project) => this.projects.named(project).directory,
      trusts: (folder) => this.projects.all.some(({ directory, trusted }) => trusted && directory === folder),
      journal: this.journal,
      logger,
    });
    this.#focus = new Focus({ projects: () => this.projects.all, env, folder: paths.runtime, logger });
    const remindSeconds = (): number => this.#settings.approvals.remind_seconds;
    this.#requests = new RequestWatch({ remindSeconds, bus });
    this.reviews = this.#newReviews();
    this.#recent = new RecentPrompts({
      reviews: () => this.reviews.all,
      queue: () => this.projects.deliveries.flatMap(({ entries }) => entries),
    });
    this.hearing = this.#newHearing();
    const loop = {
      mode: () => this.#settings.hotkey.mode,
      begin: (pressedAt: number, to: Destination | null) => {
        bus.publish({ type: 'opening' });
        return this.hearing.begin(pressedAt, to);
      },
      onStage: (stage: Stage) => {
        const utterance = 'recording' in stage ? (stage.recording.utterance ?? null) : null;
        bus.publish({ type: 'stage', stage: stage.name, utterance });
      },
      onRefused: () => bus.publish({ type: 'refused' }),
      onCancelIdle: () => this.reviews.cancelKey(),
      logger,
    };
    this.loop = new VoiceLoop(loop, this.#state.paused ? 'paused' : 'idle');
    this.rights = new Rights({
      socketDecisions: () => this.#settings.security.socket_decisions,
      voiceCommands: () => this.#settings.approvals.voice_commands,
      pending,
      aloud: this.#audible.requests,
      logger,
    });
    const { journal, projects, hearing, popups, reviews, words } = this;
    const performers = performersOf({
      ...{ bus, loop: this.loop, state: this.#state, journal, projects, hearing, popups, reviews, words },
      reply: this.#bubbles,
      terminal: () => this.#settings.reply.terminal,
      config: paths.config,
      program: options.program,
      env,
      logger,
    });
    this.perform = performWith(performers, this.rights.judge);
    this.#subscribe(new Troubles(bus));
  }

  get settings(): Settings {
    return this.#settings;
  }

  get microphone(): Microphone {
    return this.#ear.microphone;
  }

  get transcriber(): Transcriber {
    return this.#ear.transcriber;
  }

  /** The end-of-turn detector; it starts when the user begins to speak. */
  get turnDetector(): TurnDetector {
    return this.#ear.turnDetector;
  }

  get requestsAloud(): RequestsAloud {
    return this.#audible.requests;
  }

  /** Warms up what the first utterance needs. A failure is shown to the user, and retried when the part is needed. */
  async start(): Promise<void> {
    this.#focus.follow();
    this.#clipboard = await findClipboard(this.#options.env, this.#options.logger);
    if (this.#closed) return this.#clipboard?.close();
    const warm = async (part: string, work: Promise<void>): Promise<void> => {
      try {
        await work;
      } catch (error) {
        if (this.#closed) return;
        this.#options.logger.error({ err: error, part }, 'a part did not start');
        // The session's status reports its problem.
        if (part !== 'session') this.bus.publish({ type: 'trouble', error: reportOf(error) });
      }
    };
    await Promise.all([
      warm('transcriber', this.#ear.transcriber.ready()),
      warm('session', this.projects.start()),
    ]);
    // After everything that the user waits for.
    if (!this.#closed) this.words.start(this.projects.current.name);
  }

  /**
   * Applies new settings. Work in progress keeps its old parts until it ends.
   * @throws VoiceError detector-failed, model-missing; then the old settings stay in force
   */
  apply(next: Settings): Promise<void> {
    // One at a time: the newest settings win, however long an engine takes to load.
    const applying = this.#applying.then(() => this.#apply(next));
    this.#applying = applying.catch(() => undefined); // The caller gets the error.
    return applying;
  }

  async #apply(next: Settings): Promise<void> {
    const before = this.#settings;
    const exchange = await this.#ear.prepare(before, next);
    this.#settings = next;
    const old: Closable[] = exchange();
    if (!isDeepStrictEqual(before.reply, next.reply)) old.push(this.#audible.renew());
    this.#retired.add(old, this.hearing.settled());
    this.projects.apply(next);
    this.#focus.follow();
  }

  /** Ends everything, also what is only starting. Unsent prompts stay in the journal. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const part of [this.#requests, this.reviews, this.#clipboard]) part?.close();
    await Promise.all([
      this.words.close(),
      this.projects.close(),
      this.#focus.close(),
      this.#ear.close(),
      this.#audible.close(),
      this.#bubbles.close(),
      this.#retired.settled(),
      this.#applying,
    ]);
    this.journal.close();
  }

  #subscribe(troubles: Troubles): void {
    const { bus } = this;
    bus.subscribe('troubles', (fact) => troubles.learn(fact));
    bus.subscribe('notifications', (fact) => this.#bubbles.learn(fact));
    bus.subscribe('reviews', (fact) => this.reviews.learn(fact));
    bus.subscribe('recent prompts', (fact) => this.#recent.learn(fact));
    bus.subscribe('reminders', (fact) => this.#requests.learn(fact));
  }

  #newReviews(): Reviews {
    return new Reviews({
      enabled: () => this.#settings.prompt.review === 'notify',
      seconds: () => this.#settings.prompt.review_seconds,
      journal: this.journal,
      bus: this.bus,
      deliver: (live) => this.projects.delivery(live.record.project).enqueue(live),
      openEditor: (id, ready) => {
        const { env, logger } = this.#options;
        return openReviewEditor(this.#settings.reply.terminal, id, env, { ready, logger });
      },
      logger: this.#options.logger,
    });
  }

  #newHearing(): Hearing {
    const { logger } = this.#options;
    return new Hearing({
      ear: {
        tools: () => this.#ear.tools(this.#settings),
        // A file does not contain sound of the loudspeaker.
        own: (at) => this.#settings.audio.backend !== 'file' && this.#audible.isHeard(at),
      },
      bus: this.bus,
      meaning: new Meaning({
        approvals: () => this.#settings.approvals,
        projects: this.projects,
        reviews: this.reviews,
        recent: this.#recent,
        words: this.words,
        perform: (action, origin) => this.perform(action, origin),
        bus: this.bus,
        logger,
      }),
      places: {
        destination: () => destinationOf(this.projects),
        focused: async () => (this.projects.chosen === null ? this.#focus.project() : null),
      },
      progress: {
        endpoint: (recording) => this.loop.dispatch({ type: 'endpoint', recording }),
        done: (recording) => this.loop.dispatch({ type: 'done', recording }),
      },
      words: this.words,
      journal: this.journal,
      audio: this.audio,
      logger,
    });
  }
}
