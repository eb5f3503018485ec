import type { ControlClient } from '../control/client.ts';
import { reportOf } from '../errors.ts';
import { Actions } from './input/actions.ts';
import type { Edit } from './input/edited-text.ts';
import { type Command, commandOf, fieldKey } from './input/keys.ts';
import { wantsOlder } from './input/scroll.ts';
import { shownTalk } from './state.ts';
import type { Store } from './store.ts';
import type { Terminal } from './terminal.ts';

/** Utterances in one request. */
const PAGE = 50;
/** Delay of a search after a key, ms: another may follow. */
const SEARCH_MS = 150;

/** Turns keys into commands, and asks the daemon for data. */
export class Controller {
  readonly #store: Store;
  readonly #actions: Actions;
  #searching: NodeJS.Timeout | undefined;

  constructor(store: Store, terminal: Terminal) {
    this.#store = store;
    this.#actions = new Actions(store, terminal);
  }

  /** Loads everything again for a new daemon. */
  connected(daemon: ControlClient): void {
    this.#actions.daemon = daemon;
    void daemon.closed.then(() => {
      if (this.#actions.daemon === daemon) this.#actions.daemon = null;
    });
    this.#do(async () => {
      const now = Date.now();
      const [status, { projects }, { utterances }, config] = await Promise.all([
        daemon.request('status', {}),
        daemon.request('projects', {}),
        daemon.request('history', { limit: PAGE }),
        daemon.request('config', {}),
      ]);
      this.#store.dispatch({ type: 'status', status, now });
      this.#store.dispatch({ type: 'projects', projects });
      this.#store.dispatch({ type: 'newest', utterances, limit: PAGE });
      this.#store.dispatch({ type: 'config', config });
    });
  }

  /** Handles keys as `keyNames` names them. In a field, several at once are quickly typed text. */
  keys(names: readonly string[]): void {
    for (const name of names) {
      if (this.#store.state.field) this.#fieldKey(name);
      else this.#key(name);
    }
  }

  /** Handles a paste: into the open field, else into a new prompt. Its line breaks do not send it. */
  paste(text: string): void {
    if (!this.#store.state.field) this.#command({ name: 'compose' });
    this.#edit({ kind: 'insert', text });
  }

  /** Call it after every change, because scrolling may need older utterances. */
  look(): void {
    if (this.#actions.daemon && wantsOlder(this.#store.state)) this.#loadOlder(this.#actions.daemon);
  }

  /** Stops timers. */
  close(): void {
    clearTimeout(this.#searching);
  }

  #key(name: string): void {
    const command = commandOf(this.#store.state, name);
    if (command) this.#command(command);
  }

  /** Carries out a command: first on the screen, then for the daemon. */
  #command(command: Command): void {
    const before = this.#store.state;
    this.#store.dispatch({ type: 'command', command, now: Date.now() });
    this.#do(() => this.#actions.run(before, command));
    const { view } = this.#store.state;
    if (view !== before.view) this.#do(() => this.#actions.entered(view));
  }

  #fieldKey(name: string): void {
    const key = fieldKey(name);
    if (key === 'submit') this.#submit();
    else if (key === 'close') this.#closeField();
    else if (key === 'redraw') this.#command({ name: 'redraw' });
    else if (key !== null && key !== 'leave') this.#edit(key);
  }

  #edit(edit: Edit): void {
    this.#store.dispatch({ type: 'edit', edit });
    const { field, text } = this.#store.state;
    if (field?.kind !== 'search') return;
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => this.#search(text.text), SEARCH_MS);
  }

  #submit(): void {
    const { field, text } = this.#store.state;
    if (field?.kind === 'compose') {
      if (text.text.trim() === '') this.#closeField();
      else this.#send(text.text);
      return;
    }
    clearTimeout(this.#searching);
    this.#store.dispatch({ type: 'field', field: null });
    if (field?.kind === 'answer') this.#do(() => this.#actions.answered(field.question, [text.text]));
    else this.#search(text.text);
  }

  /** Closes the field at once, because further keys are for something else. A refused prompt becomes a draft again. */
  #send(text: string): void {
    const now = Date.now();
    this.#store.dispatch({ type: 'sent' });
    // The answer will appear there.
    this.#store.dispatch({ type: 'command', command: { name: 'view', view: 'talk' }, now });
    this.#store.dispatch({ type: 'command', command: { name: 'last' }, now });
    this.#do(() =>
      this.#actions.send(text).catch((error: unknown) => {
        this.#store.dispatch({ type: 'refused', text });
        throw error;
      }),
    );
  }

  #closeField(): void {
    const wasSearch = this.#store.state.field?.kind === 'search';
    clearTimeout(this.#searching);
    this.#store.dispatch({ type: 'field', field: null });
    if (wasSearch) this.#store.dispatch({ type: 'search', query: null });
  }

  #search(text: string): void {
    const query = text.trim();
    if (query === (this.#store.state.search?.query ?? '')) return;
    this.#store.dispatch({ type: 'search', query: query === '' ? null : query });
    const { daemon } = this.#actions;
    if (query === '' || !daemon) return;
    this.#do(async () => {
      const { utterances } = await daemon.request('history', { query, limit: PAGE });
      this.#store.dispatch({ type: 'found', query, utterances, limit: PAGE });
    });
  }

  #loadOlder(daemon: ControlClient): void {
    const { state } = this.#store;
    const query = state.search?.query ?? '';
    const before = shownTalk(state).utterances[0]?.id;
    if (before === undefined) return;
    this.#store.dispatch({ type: 'loading-older' });
    this.#do(async () => {
      try {
        const { utterances } = await daemon.request('history', { query, before, limit: PAGE });
        this.#store.dispatch({ type: 'older', query, utterances, limit: PAGE });
      } catch (error) {
        this.#store.dispatch({ type: 'older', query, utterances: null, limit: PAGE });
        throw error;
      }
    });
  }

  /** Shows a failure; nothing else is affected. */
  #do(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#store.dispatch({ type: 'failed', error: reportOf(error), now: Date.now() });
    });
  }
}
