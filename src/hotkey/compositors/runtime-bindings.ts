import type { Chord } from '../chord.ts';

/** What the bindings of a chord say when they are pressed and let go; without `up`, the release is not bound. */
export interface Said {
  down: string;
  up?: string;
}

/** The bindings that one compositor takes while it runs. They are in no file, start no program, and say a text. */
export interface RuntimeBindings {
  /** Name of the compositor. */
  readonly compositor: string;
  /** What makes a change of the configuration count, for hints. */
  readonly apply: string;
  /** A chord as the compositor writes it. */
  nameOf(chord: Chord): string;
  /** Reads the bindings of the user. @throws Error when the compositor does not answer */
  read(): Promise<void>;
  /** The user's own binding of a chord; null: none. Runtime bindings overwrite it without a word. */
  userBinding(chord: Chord): string | null;
  /** @returns why the compositor refuses; null: it is bound @throws Error when it does not answer */
  bind(chord: Chord, said: Said): Promise<string | null>;
  /** @throws Error when the compositor does not answer */
  unbind(chord: Chord, said: Said): Promise<void>;
  /** The listen key is down. Some compositors need another binding to report its release in each case. */
  held?(chord: Chord, up: string): Promise<void>;
  /** The listen key is up again. */
  letGo?(): Promise<void>;
}
