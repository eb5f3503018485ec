import { type Action, reduce } from './reduce.ts';
import type { State } from './state.ts';

/** At most about 18 frames a second: enough for the eye, little for a slow line. ms */
const FRAME_MS = 55;

/**
 * The state, and those who draw it. What a key does is told at once; what the daemon tells is told once a frame,
 * however much it is.
 */
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

  /** Call the result to stop. */
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
