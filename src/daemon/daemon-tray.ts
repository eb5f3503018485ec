import type { Logger } from 'pino';
import type { Action, Perform } from '../actions.ts';
import type { Projects } from '../delivery/projects.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { Fact, Publisher, StageName } from '../facts.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import type { Journal } from '../journal/journal.ts';
import type { Microphone } from '../microphone/microphone.ts';
import { unattended } from '../processes/unattended.ts';
import type { Settings } from '../settings/schema.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import { openTray } from '../tray/open-tray.ts';
import type { Tray, TrayEvent, TrayState } from '../tray/tray.ts';
import { type TrayFacts, trayView } from '../tray/view.ts';
import { tray as words } from '../tray/wording.ts';
import type { Utterance } from '../utterance.ts';
import { partFailed } from '../wording/notices.ts';
import { failure } from '../wording/notifications.ts';

export interface DaemonTrayParts {
  journal: Pick<Journal, 'list'>;
  projects: Pick<Projects, 'all' | 'current' | 'chosen' | 'status' | 'pending' | 'deliveries'>;
  /** Returns the current state of listening. */
  now: () => {
    stage: StageName;
    hotkey: HotkeyState;
    microphone: Microphone['state'];
    transcriber: Transcriber['state'];
  };
  bus: Publisher;
  perform: Perform;
  env: NodeJS.ProcessEnv;
  /** True for a process of the user that Codex did not start. */
  trusts: (pid: number) => boolean;
  logger: Logger;
}

/** Events come in bursts, and are shown together after this time, ms. */
const TOGETHER_MS = 40;
/** Number of answers in the menu, and of utterances to search for them. */
const ANSWERS = { shown: 6, among: 30 };
/** Facts that the tray never shows. */
const UNSEEN: readonly Fact['type'][] = ['level', 'partial', 'delta', 'timings', 'review'];

/** Shows the daemon's state in the tray, and performs its actions. */
export class DaemonTray {
  readonly #parts: DaemonTrayParts;
  #tray: Tray;
  #enabled: boolean;
  #answers: Utterance[];
  /** Why the newest utterance failed. */
  #failure: ErrorReport | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: DaemonTrayParts, settings: Settings) {
    this.#parts = parts;
    this.#enabled = settings.tray.enabled;
    this.#answers = this.#lastAnswers();
    this.#tray = this.#open();
  }

  get state(): TrayState {
    return this.#tray.state;
  }

  /** Call it with each fact. */
  learn(fact: Fact): void {
    if (UNSEEN.includes(fact.type)) return;
    if (fact.type === 'ended') {
      this.#answers = this.#lastAnswers();
      const { state, error } = fact.utterance;
      this.#failure = state === 'failed' ? error : null;
    }
    if (fact.type === 'accepted' || (fact.type === 'stage' && fact.stage === 'listening'))
      this.#failure = null;
    this.refresh();
  }

  /** Call it when the state may have changed. */
  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const show = (): void => this.#tray.show(trayView(this.#facts()));
      unattended(this.#parts.logger, 'the view of the tray', show);
    }, TOGETHER_MS).unref();
  }

  async apply({ tray }: Settings): Promise<void> {
    if (tray.enabled === this.#enabled) return this.refresh();
    this.#enabled = tray.enabled;
    const old = this.#tray;
    this.#tray = this.#open();
    await old.close();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#tray.close();
  }

  #open(): Tray {
    const { env, trusts, logger } = this.#parts;
    const onEvent = (event: TrayEvent): void => void this.#on(event);
    return openTray(trayView(this.#facts()), { enabled: this.#enabled, env, onEvent, trusts, logger });
  }

  #facts(): TrayFacts {
    const { projects, now } = this.#parts;
    const { stage, hotkey } = now();
    return {
      stage,
      key: hotkey.state === 'grabbed' ? (hotkey.keys[0] ?? null) : null,
      projects: projects.all.map(({ name }) => ({
        name,
        current: name === projects.current.name,
        chosen: name === projects.chosen,
        session: projects.status(name).state,
      })),
      pending: projects.pending,
      queued: projects.deliveries.flatMap(({ entries }) => entries).length,
      answers: this.#answers,
      trouble: this.#trouble() ?? this.#failure,
    };
  }

  /** The error that keeps the user from speaking or from getting answers. */
  #trouble(): ErrorReport | null {
    const { projects, now } = this.#parts;
    const { hotkey, transcriber, microphone } = now();
    const session = projects.status(projects.current.name);
    if (session.state === 'down' && session.reason) return session.reason;
    // A missing display is not an error here: the tray needs one to be seen.
    if (hotkey.reason?.code === 'hotkey-taken') return hotkey.reason;
    if (transcriber.state === 'failed') return partFailed.transcriber;
    return microphone.state === 'failed' ? partFailed.microphone : null;
  }

  #lastAnswers(): Utterance[] {
    const newest = this.#parts.journal.list({ limit: ANSWERS.among });
    return newest.filter(({ state, answer }) => state === 'answered' && answer).slice(0, ANSWERS.shown);
  }

  async #on(event: TrayEvent): Promise<void> {
    const { bus, perform, logger } = this.#parts;
    try {
      await perform(actionOf(event), 'tray');
    } catch (error) {
      logger.info({ err: error, event }, 'the tray could not do what was asked for');
      const notice = { title: words.failed, body: failure(reportOf(error)) };
      bus.publish({ type: 'notice', notice });
    }
    this.refresh();
  }
}

/** The left button starts listening, the middle one opens the terminal. */
function actionOf(event: TrayEvent): Action {
  if (event.type === 'click') return event.action;
  return event.type === 'activate' ? { type: 'key', key: 'toggle' } : { type: 'open-terminal' };
}
