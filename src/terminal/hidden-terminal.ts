import type { Frame } from './frame.ts';

/** One row of the screen: its text without trailing spaces, and whether one of its columns (see PtyTerminal) is dim. */
export interface ScreenRow {
  text: string;
  dim: boolean;
}

/** The PTY in which the agent's terminal interface runs, and its screen. */
export interface HiddenTerminal {
  /** Rows of the screen as plain text, without trailing spaces. */
  screen(): string[];
  /** Returns the current content, ready to be painted elsewhere. @param scroll rows above the newest */
  frame(scroll?: number): Frame;
  /** Number of rows that have scrolled out of view. */
  readonly scrollback: number;
  /** Called after each complete frame. The returned function removes the listener. */
  onPainted(listener: () => void): () => void;
  /**
   * Called for sequences that are not part of the screen: the bell, copied text (OSC 52). The returned function removes
   * the listener.
   */
  onPassed(listener: (data: string) => void): () => void;
  /** Keys of an attached user. */
  write(data: string): void;
  resize(columns: number, rows: number): void;
  readonly size: { columns: number; rows: number };
}
