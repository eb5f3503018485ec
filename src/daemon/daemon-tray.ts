import { existsSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import type { Fact } from '../facts.ts';
import type { HotkeyState } from '../hotkey/hotkey.ts';
import { partFailed } from '../messages/notices.ts';
import { failure } from '../messages/notifications.ts';
import { windows } from '../messages/status.ts';
import { newSettings, tray as words } from '../messages/tray.ts';
import { ownCommand } from '../platform/child.ts';
import { unattended } from '../platform/unattended.ts';
import { openTerminal } from '../reply/popup.ts';
import { findOpener, openFile } from '../reply/text-file.ts';
import type { Settings } from '../settings/schema.ts';
import { openTray } from '../tray/open-tray.ts';
import type { Tray, TrayAction, TrayEvent, TrayState } from '../tray/tray.ts';
import { type TrayFacts, trayView } from '../tray/view.ts';
import type { Utterance } from '../utterance.ts';
import type { Parts } from './parts.ts';
import { answerRequest, openProject } from './reply-actions.ts';

export interface DaemonTrayParts {
  parts: Parts;
  hotkey: () => HotkeyState;
  /** Of the settings file. */
  config: string;
  env: NodeJS.ProcessEnv;
  /** Reports whether a process is the user's and not one that Codex started. */
  trusts: (pid: number) => boolean;
  /** Ends the daemon. */
  quit: () => void;
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
    const { loop, projects } = this.#parts.parts;
    const hotkey = this.#parts.hotkey();
    return {
      stage: loop.stage.name,
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
      trouble: this.#trouble(hotkey) ?? this.#failure,
    };
  }

  /** What keeps the person from speaking or from being answered. */
  #trouble({ reason }: HotkeyState): ErrorReport | null {
    const { projects, transcriber, microphone } = this.#parts.parts;
    const session = projects.status(projects.current.name);
    if (session.state === 'down' && session.reason) return session.reason;
    // A display that is away is not: whoever looks at a tray has one.
    if (reason?.code === 'hotkey-taken') return reason;
    if (transcriber.state.state === 'failed') return partFailed.transcriber;
    return microphone.state.state === 'failed' ? partFailed.microphone : null;
  }

  #lastAnswers(): Utterance[] {
    const newest = this.#parts.parts.journal.list({ limit: ANSWERS.among });
    return newest.filter(({ state, answer }) => state === 'answered' && answer).slice(0, ANSWERS.shown);
  }

  async #on(event: TrayEvent): Promise<void> {
    const { parts, logger } = this.#parts;
    try {
      await this.#do(this.#meant(event));
    } catch (error) {
      logger.info({ err: error, event }, 'the tray could not do what was asked for');
      const notice = { title: words.failed, body: failure(reportOf(error)) };
      parts.bus.publish({ type: 'notice', notice });
    }
    this.refresh();
  }

  /** The left button listens, the middle one opens the terminal. */
  #meant(event: TrayEvent): TrayAction {
    if (event.type === 'click') return event.action;
    if (event.type === 'activate') return { do: 'listen' };
    return { do: 'open', project: this.#parts.parts.projects.current.name };
  }

  async #do(action: TrayAction): Promise<void> {
    const { parts, env, quit } = this.#parts;
    const at = performance.now();
    switch (action.do) {
      case 'listen':
        return parts.loop.dispatch({ type: 'toggle', at });
      case 'cancel':
        return parts.loop.dispatch({ type: 'cancel', at });
      case 'pause':
      case 'unpause':
        return parts.pause(action.do === 'pause');
      case 'interrupt':
        await parts.projects.running(parts.projects.current.name)?.interrupt();
        return;
      case 'open':
        return openProject(parts, action.project, env);
      case 'screen':
        return this.#openScreen();
      case 'use':
        return parts.projects.choose(action.project);
      case 'answer':
        return answerRequest(parts, action.request, action.hash, { decision: action.decision });
      case 'show-answer':
        return parts.openAnswer(action.utterance);
      case 'settings':
        return this.#openSettings();
      case 'quit':
        return quit();
    }
  }

  /** The screen of our own, in a window. */
  async #openScreen(): Promise<void> {
    const { parts, env, logger } = this.#parts;
    const { command, args } = ownCommand(['ui']);
    const look = { title: windows.screen, class: 'codex-voice-ui', logger };
    await openTerminal(parts.settings.reply.terminal, [command, ...args], env, look);
  }

  /** In what the person edits texts with; one that is not there yet begins with a line that says where to look. */
  async #openSettings(): Promise<void> {
    const { config, env } = this.#parts;
    const opener = findOpener(env);
    if (opener === null) {
      throw new VoiceError('not-found', 'There is no program here that opens a text.', `Edit ${config}.`);
    }
    if (!existsSync(config)) {
      await mkdir(dirname(config), { recursive: true, mode: 0o700 });
      writeFileSync(config, newSettings, { mode: 0o600, flag: 'wx' });
    }
    await openFile(opener, config);
  }
}
