/** What only the owner of the terminal can do. */
export interface Terminal {
  quit(): void;
  /** Draws all of it again, whatever the terminal shows. */
  redraw(): void;
  /** Stops this program until it is continued, as Ctrl-Z does. */
  suspend(): Promise<void>;
  /** The person's editor with this file; resolves when they are back. @throws VoiceError usage */
  edit(file: string): Promise<void>;
  /** The hidden Codex terminal; resolves when they are back. */
  attach(): Promise<void>;
  /** Into the clipboard of the machine that the person sits at. */
  copy(text: string): void;
}
