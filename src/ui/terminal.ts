/** Functions of the terminal's owner. */
export interface Terminal {
  quit(): void;
  /** Draws the whole screen again. */
  redraw(): void;
  /** Stops this program until it is continued, as Ctrl-Z does. */
  suspend(): Promise<void>;
  /** Opens the user's editor with this file; resolves when it has ended. @throws VoiceError usage */
  edit(file: string): Promise<void>;
  /** Opens the hidden Codex terminal; resolves when the user detaches. */
  attach(): Promise<void>;
  /** Copies to the clipboard of the machine with the user's screen. */
  copy(text: string): void;
}
