import type { Frame } from './frame.ts';

/** One row of the screen: its text without trailing spaces, and whether one of its columns (see PtyTerminal) is dim. */
export interface ScreenRow {
  text: string;
  dim: boolean;
}

/** The PTY in which the terminal interface of the agent runs, and its screen. */
export interface HiddenTerminal {
  /** Rows of the screen as plain text, trailing blanks removed. */
  screen(): string[];
  /** What it shows now, ready to be painted elsewhere. @param scroll rows above the newest */
  frame(scroll?: number): Frame;
  /** How many rows have been scrolled out of sight. */
  readonly scrollback: number;
  /** Called after each frame that is whole; call the result to stop. */
  onPainted(listener: () => void): () => void;
  /** Sequences that are not part of the screen: the bell, what is copied (OSC 52); call the result to stop. */
  onPassed(listener: (data: string) => void): () => void;
  /** Keys of an attached person. */
  write(data: string): void;
  resize(columns: number, rows: number): void;
  readonly size: { columns: number; rows: number };
}
