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
  /** What hears, as it is now. */
  now: () => {
    stage: StageName;
    hotkey: HotkeyState;
    microphone: Microphone['state'];
    transcriber: Transcriber['state'];
  };
  bus: Publisher;
  perform: Perform;
  env: NodeJS.ProcessEnv;
  /** Reports whether a process is the user's and not one that Codex started. */
  trusts: (pid: number) => boolean;
  logger: Logger;
}

/** Events come in bursts: shown together after so many ms. */
const TOGETHER_MS = 40;
/** Answers in the menu, and among how many utterances they are looked for. */
const ANSWERS = { shown: 6, among: 30 };
/** These say nothing that the tray shows. */
const UNSEEN: readonly Fact['type'][] = ['level', 'partial', 'delta', 'timings', 'review'];

/** Shows in the tray what the daemon does, and does what is asked for there. */
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

  /** Something has happened. */
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

  /** Something may be different now. */
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

  /** What keeps the person from speaking or from being answered. */
  #trouble(): ErrorReport | null {
    const { projects, now } = this.#parts;
    const { hotkey, transcriber, microphone } = now();
    const session = projects.status(projects.current.name);
    if (session.state === 'down' && session.reason) return session.reason;
    // A display that is away is not: whoever looks at a tray has one.
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

/** The left button listens, the middle one opens the terminal. */
function actionOf(event: TrayEvent): Action {
  if (event.type === 'click') return event.action;
  return event.type === 'activate' ? { type: 'key', key: 'toggle' } : { type: 'open-terminal' };
}
