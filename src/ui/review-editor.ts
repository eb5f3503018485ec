import type { ControlClient } from '../control/client.ts';
import type { Review } from '../control/shapes.ts';
import { reportOf } from '../errors.ts';
import { editedText } from './input/edited-text.ts';
import { fieldKey } from './input/keys.ts';
import { initialState, type ReviewField, type Size, type State } from './state.ts';
import type { Store } from './store.ts';
import type { Terminal } from './terminal.ts';

/** The screen with one prompt in review. */
export function reviewState(size: Size, { id, project, prompt }: Review): State {
  const field = { kind: 'review', id, project, gone: false } as const;
  return { ...initialState(size), field, text: editedText(prompt) };
}

/** Edits a prompt that the daemon holds while this client is connected. After a crash, the next daemon holds it. */
export class ReviewEditor {
  readonly #store: Store;
  readonly #terminal: Pick<Terminal, 'quit' | 'redraw'>;
  #daemon: ControlClient | null = null;
  #deciding = false;
  /** Result to print after the screen has closed. */
  outcome = 'the countdown continues';

  constructor(store: Store, terminal: Pick<Terminal, 'quit' | 'redraw'>) {
    this.#store = store;
    this.#terminal = terminal;
  }

  connected(daemon: ControlClient): void {
    this.#daemon = daemon;
    void daemon.closed.then(() => {
      if (this.#daemon === daemon) this.#daemon = null;
    });
    this.#do(async () => {
      const payload = await daemon.request('review', {});
      this.#store.dispatch({ type: 'event', event: { event: 'review', payload }, now: Date.now() });
      const { id } = this.#field;
      const own = payload.reviews.find((review) => review.id === id);
      if (own && own.state !== 'editing') await daemon.request('review/hold', { id });
    });
  }

  keys(names: readonly string[]): void {
    for (const name of names) {
      const key = fieldKey(name);
      if (key === 'redraw') this.#terminal.redraw();
      else if (typeof key === 'string') {
        this.#decide(key);
        // Further keys are discarded.
        break;
      } else if (key !== null) this.#store.dispatch({ type: 'edit', edit: key });
    }
  }

  paste(text: string): void {
    this.#store.dispatch({ type: 'edit', edit: { kind: 'insert', text } });
  }

  get #field(): ReviewField {
    const { field } = this.#store.state;
    if (field?.kind !== 'review') throw new Error('the field of a review is never closed');
    return field;
  }

  #decide(key: 'submit' | 'close' | 'leave'): void {
    const { id, project, gone } = this.#field;
    const { text } = this.#store.state.text;
    const daemon = this.#daemon;
    if (key === 'leave') this.#terminal.quit();
    else if (gone && key === 'close') this.#end('not sent');
    // Without a daemon, the screen says that it is waiting for one.
    else if (daemon && !this.#deciding) {
      this.#deciding = true;
      this.#do(async () => {
        try {
          if (key === 'close') await daemon.request('review/cancel', { id });
          else if (gone) await daemon.request('ask', { text, wait: false, project });
          else await daemon.request('review/edit', { id, text });
          this.#end(key === 'close' ? 'not sent; it is in codex-voice history' : 'sent');
        } finally {
          this.#deciding = false;
        }
      });
    }
  }

  #end(outcome: string): void {
    this.outcome = outcome;
    this.#terminal.quit();
  }

  #do(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#store.dispatch({ type: 'failed', error: reportOf(error), now: Date.now() });
    });
  }
}
