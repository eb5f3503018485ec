import type { Action } from './input/action.ts';
import { reduce } from './reduce.ts';
import type { State } from './state.ts';

/** About 18 frames a second at most: smooth, but little data for a slow line. ms */
const FRAME_MS = 55;

/** The state and its listeners. Changes by keys are reported at once, changes by the daemon once a frame. */
export class Store {
  #state: State;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  dispatch(action: Action): void {
    const after = reduce(this.#state, action);
    if (after === this.#state) return;
    this.#state = after;
    this.#plan();
  }

  /** Adds a listener; call the result to remove it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#cancel();
    };
  }

  #plan(): void {
    if (this.#timer) return;
    const wait = this.#toldAt + FRAME_MS - performance.now();
    if (wait <= 0) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    this.#cancel();
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) listener();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
