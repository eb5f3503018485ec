import type { Logger } from 'pino';
import { reportOf } from '../errors.ts';
import type { Fact, Publisher } from '../facts.ts';
import type { Settings } from '../settings/schema.ts';
import { ownCommand } from '../single-file/child.ts';
import { openTerminal } from '../windows/popup.ts';
import { raiseWindow } from '../windows/raise.ts';
import { windows } from '../wording/status.ts';
import { type AttachedTerminals, classOf } from './attached-terminals.ts';

interface PopupsOptions {
  settings: () => Settings['reply'];
  terminals: Pick<AttachedTerminals, 'windows' | 'popup' | 'untilPopup'>;
  env: NodeJS.ProcessEnv;
  bus: Publisher;
  logger: Logger;
}

interface PopupOptions {
  /** Show the newest rows, which contain the composer. */
  composer?: boolean;
  /** Environment of the desktop for the window. Default: the daemon's. */
  env?: NodeJS.ProcessEnv;
  /** The token with which the desktop lets a new window take the focus. */
  activation?: string | undefined;
}

/** The pop-up terminal windows, one for each project. */
export class Popups {
  readonly #options: PopupsOptions;
  readonly #opening = new Map<string, Promise<'opened' | 'raised'>>();
  /** Requests and utterances that have opened a window already. */
  readonly #shown = new Set<string>();

  constructor(options: PopupsOptions) {
    this.#options = options;
  }

  /**
   * Opens the window of a project, or raises the one that is open.
   * @throws VoiceError not-found: there is no terminal, or it did not open
   */
  open(project: string, options: PopupOptions = {}): Promise<'opened' | 'raised'> {
    const under = this.#opening.get(project);
    if (under !== undefined) return under;
    const opening = this.#open(project, options).finally(() => this.#opening.delete(project));
    this.#opening.set(project, opening);
    return opening;
  }

  /** Opens a window for a fact if `[reply] popup` asks for it, once for each request or prompt. */
  learn(fact: Fact): void {
    const { popup } = this.#options.settings();
    switch (fact.type) {
      case 'requested':
        if (popup !== 'never') this.#come(fact.project, fact.request.id);
        return;
      case 'accepted':
        if (popup === 'always') this.#come(fact.utterance.project, fact.utterance.id);
        return;
      case 'resolved':
        this.#shown.delete(fact.request);
        return;
      case 'ended':
        this.#shown.delete(fact.utterance.id);
        return;
    }
  }

  #come(project: string, about: string): void {
    if (this.#shown.has(about)) return;
    this.#shown.add(about);
    const { terminals, bus, logger } = this.#options;
    // The user already sees the project in their own terminal.
    if (terminals.windows(project).length > 0 && terminals.popup(project) === null) return;
    this.open(project, { composer: true }).catch((error: unknown) => {
      logger.warn({ err: error, project }, 'the pop-up terminal did not open');
      bus.publish({ type: 'trouble', error: reportOf(error) });
    });
  }

  async #open(
    project: string,
    { composer = false, env, activation }: PopupOptions,
  ): Promise<'opened' | 'raised'> {
    const { terminals, settings, logger } = this.#options;
    const desktop = env ?? this.#options.env;
    const known = terminals.popup(project);
    if (known) {
      if (composer) known.follow();
      if (!(await raiseWindow(known, desktop, logger))) known.call();
      return 'raised';
    }
    const { command, args } = ownCommand(['attach', '--window', '--project', project]);
    await openTerminal(settings().terminal, [command, ...args], desktop, {
      title: windows.opening(project),
      class: classOf(project),
      ready: terminals.untilPopup(project),
      activation,
      logger,
    });
    return 'opened';
  }
}
