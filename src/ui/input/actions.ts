import type { ControlClient } from '../../control/client.ts';
import { reportOf, VoiceError } from '../../errors.ts';
import { type State, shownRequest, shownTalk } from '../state.ts';
import type { Store } from '../store.ts';
import { selectedOf } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { choicesOf, markedAnew, markedOf } from './choices.ts';
import type { Command } from './keys.ts';
import { decide, giveAnswer } from './request-actions.ts';

/** Carries out the part of a command that concerns the daemon and the terminal. */
export class Actions {
  readonly #store: Store;
  readonly #terminal: Terminal;
  /** null: there is no daemon. */
  daemon: ControlClient | null = null;

  constructor(store: Store, terminal: Terminal) {
    this.#store = store;
    this.#terminal = terminal;
  }

  /** @throws VoiceError daemon-missing */
  get #there(): ControlClient {
    if (this.daemon) return this.daemon;
    throw new VoiceError('daemon-missing', 'No daemon is running.', 'The screen waits for it.');
  }

  /** @param state when the key was pressed @throws VoiceError of the daemon; daemon-missing */
  async run(state: State, command: Command): Promise<void> {
    switch (command.name) {
      case 'quit':
        return this.#terminal.quit();
      case 'redraw':
        return this.#terminal.redraw();
      case 'suspend':
        return this.#terminal.suspend();
      case 'attach':
        return this.#terminal.attach();
      case 'listen':
        await this.#there.request('toggle', {});
        return;
      case 'pause':
        await this.#there.request(state.stage === 'paused' ? 'unpause' : 'pause', {});
        return;
      case 'cancel':
        await this.#there.request('cancel', {});
        return;
      case 'interrupt': {
        const { interrupted } = await this.#there.request('interrupt', {});
        return this.#notice(interrupted ? 'Interrupted.' : 'Codex was not working.');
      }
      case 'send-again':
        return this.#sendAgain(state);
      case 'copy':
        return this.#copy(state);
      case 'approve':
        return decide(this.#store, this.#there, state, 'approve');
      case 'approve-session':
        return decide(this.#store, this.#there, state, 'approve-session');
      case 'deny':
        return decide(this.#store, this.#there, state, 'deny');
      case 'answer':
      case 'own-answer':
        return this.#answer(state, command.name);
      case 'move-up':
        return this.#move(state, -1);
      case 'move-down':
        return this.#move(state, 1);
      case 'drop':
        return this.#changeQueue(state, 'queue/drop');
      case 'send':
        return this.#changeQueue(state, 'queue/send');
      case 'use':
        return this.#chooseOrResume(state);
      case 'use-none':
        return this.#choose(null);
      case 'new':
        return this.#begin(projectOf(state));
      case 'sessions':
        return this.#listSessions(projectOf(state));
      case 'edit-settings': {
        const { file } = await this.#there.request('config', {});
        await this.#terminal.edit(file);
        return this.#reload();
      }
      case 'reload':
        return state.view === 'settings' ? this.#reload() : this.#count();
    }
  }

  /** Loads the data of a view when it is opened. */
  async entered(view: State['view']): Promise<void> {
    if (view === 'timings') return this.#count();
    if (view === 'projects') return this.#listProjects();
    if (view !== 'settings') return;
    this.#store.dispatch({ type: 'config', config: await this.#there.request('config', {}) });
  }

  async send(text: string): Promise<void> {
    await this.#there.request('ask', { text, wait: false });
  }

  /** Takes an answer to a question, and sends all answers after the last one. */
  async answered(question: string, answer: readonly string[]): Promise<void> {
    await giveAnswer(this.#store, this.#there, question, answer);
  }

  async #sendAgain(state: State): Promise<void> {
    const selected = selectedOf(shownTalk(state));
    if (!selected) return;
    await this.#there.request('queue/send', { id: selected.id });
    this.#notice('It is sent again.');
  }

  #copy(state: State): void {
    const answer = selectedOf(shownTalk(state))?.answer;
    if (answer) this.#terminal.copy(answer);
    this.#notice(
      answer ? 'The answer is copied, where the terminal allows it.' : 'There is no answer to copy.',
    );
  }

  async #answer(state: State, name: 'answer' | 'own-answer'): Promise<void> {
    const { request } = state;
    const shown = shownRequest(state);
    const question = shown?.questions[request.question];
    if (!shown || !question) return;
    const choice = name === 'answer' ? choicesOf(question)[request.option] : undefined;
    switch (choice?.kind) {
      case 'option':
        if (!question.multiple) return this.answered(question.id, [choice.label]);
        return this.#store.dispatch({ type: 'marked', marked: markedAnew(request, question, choice.label) });
      case 'done':
        return this.answered(question.id, markedOf(request, question));
      case 'leave':
        return this.answered(question.id, []);
    }
    if (!question.free) return this.#notice('Choose one of the options.');
    const { id, secret } = question;
    this.#store.dispatch({
      type: 'field',
      field: { kind: 'answer', request: shown.id, question: id, secret },
    });
  }

  /** Moves a waiting prompt earlier (-1) or later (1) among those of its project; the first position is 1. */
  async #move({ queue, queueRow }: State, by: 1 | -1): Promise<void> {
    const entry = queue[queueRow];
    const own = queue.filter(({ project, state }) => project === entry?.project && state === 'queued');
    const index = own.findIndex(({ id }) => id === entry?.id);
    const position = index < 0 ? 0 : index + 1 + by;
    if (!entry || position < 1 || position > own.length) return;
    const moved = await this.#there.request('queue/move', { id: entry.id, position });
    this.#store.dispatch({ type: 'queue', queue: moved.queue, follow: entry.id });
  }

  async #changeQueue({ queue, queueRow }: State, method: 'queue/drop' | 'queue/send'): Promise<void> {
    const entry = queue[queueRow];
    if (!entry) return;
    const after = await this.#there.request(method, { id: entry.id });
    this.#store.dispatch({ type: 'queue', queue: after.queue });
  }

  async #chooseOrResume(state: State): Promise<void> {
    const { sessionList, sessionRow } = state;
    const project = projectOf(state);
    if (project === undefined) return;
    if (!sessionList) return this.#choose(project);
    const id = sessionList.threads?.[sessionRow]?.id;
    if (id === undefined) return;
    this.#notice('One moment…');
    this.#opened(await this.#there.request('resume', { id, project }, { timeoutMs: 0 }));
    await this.#listSessions(project);
  }

  async #choose(project: string | null): Promise<void> {
    const now = await this.#there.request('use', { project });
    this.#notice(now.chosen ? `Prompts go to ${now.project}.` : 'The focused window decides.');
    await this.#listProjects();
    this.#store.dispatch({
      type: 'status',
      status: await this.#there.request('status', {}),
      now: Date.now(),
    });
  }

  async #begin(project: string | undefined): Promise<void> {
    if (project === undefined) return;
    this.#notice('One moment…');
    this.#opened(await this.#there.request('new', { project }, { timeoutMs: 0 }));
    if (this.#store.state.sessionList) await this.#listSessions(project);
  }

  #opened({ project, thread }: { project: string; thread: string }): void {
    this.#notice(`${project}: prompts go to the conversation ${thread.slice(-6)} now.`);
  }

  async #listProjects(): Promise<void> {
    const { projects } = await this.#there.request('projects', {});
    this.#store.dispatch({ type: 'projects', projects });
  }

  async #listSessions(project: string | undefined): Promise<void> {
    if (project === undefined) return;
    const daemon = this.#there;
    this.#store.dispatch({ type: 'sessions', list: { project, threads: null, current: null } });
    const found = await daemon.request('sessions', { project, limit: 50 }, { timeoutMs: 60_000 });
    if (this.#store.state.sessionList?.project !== project) return;
    const list = { project, threads: found.sessions, current: found.current };
    this.#store.dispatch({ type: 'sessions', list });
  }

  async #count(): Promise<void> {
    this.#store.dispatch({ type: 'stats', stats: await this.#there.request('stats', {}) });
  }

  /** Reads the file again and keeps its problems until they are fixed. */
  async #reload(): Promise<void> {
    const daemon = this.#there;
    const problem = await daemon.request('reload', {}).then(
      () => null,
      (error: unknown) => reportOf(error),
    );
    this.#store.dispatch({ type: 'config', config: await daemon.request('config', {}), problem });
    this.#notice(problem ? 'The file has problems.' : 'The settings are read.');
  }

  #notice(text: string): void {
    this.#store.dispatch({ type: 'notice', text, now: Date.now() });
  }
}

function projectOf({ sessionList, projects, projectRow }: State): string | undefined {
  return sessionList?.project ?? projects[projectRow]?.name;
}
