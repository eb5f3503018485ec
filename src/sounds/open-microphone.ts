import type { Fact } from '../facts.ts';

/** Follows whether the microphone is open, for everything that makes a sound. */
export class OpenMicrophone {
  readonly #listeners: ((open: boolean) => void)[] = [];
  #open = false;

  /** True from just before the microphone opens until the recording ends. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Adds a listener that is called each time the microphone opens or closes. */
  onChange(listener: (open: boolean) => void): void {
    this.#listeners.push(listener);
  }

  learn(fact: Fact): void {
    if (fact.type === 'opening') this.#become(true);
    if (fact.type === 'stage') this.#become(fact.stage === 'listening');
  }

  #become(open: boolean): void {
    if (this.#open === open) return;
    this.#open = open;
    for (const listener of this.#listeners) listener(open);
  }
}
