import type { Logger } from 'pino';
import type { Action, Perform } from '../actions.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { Fact, Publisher } from '../facts.ts';
import type { Journal } from '../journal/journal.ts';
import { unattended } from '../processes/unattended.ts';
import type { Settings } from '../settings/schema.ts';
import { openTray } from '../tray/open-tray.ts';
import type { Tray, TrayEvent, TrayState, TrayView } from '../tray/tray.ts';
import { type TrayFacts, trayView } from '../tray/view.ts';
import { tray as words } from '../tray/wording.ts';
import { failure } from '../wording/notifications.ts';
import { type ListeningState, type TrayProjects, trayFacts } from './tray-facts.ts';

interface DaemonTrayParts {
  journal: Pick<Journal, 'list'>;
  projects: TrayProjects;
  /** Returns the current state of listening. */
  now: () => ListeningState;
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
  #answers: TrayFacts['answers'];
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
      const show = (): void => this.#tray.show(this.#view());
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
    return openTray(this.#view(), { enabled: this.#enabled, env, onEvent, trusts, logger });
  }

  #view(): TrayView {
    return trayView(trayFacts(this.#parts.projects, this.#parts.now(), this.#answers, this.#failure));
  }

  #lastAnswers(): TrayFacts['answers'] {
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
