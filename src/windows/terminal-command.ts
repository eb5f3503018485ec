/** The look of a terminal window; each terminal supports a part of it. */
export interface WindowLook {
  /** Title until the program sets another. */
  title?: string;
  /** For rules of window managers: WM_CLASS on X11, app_id on Wayland. Letters, digits and "-". */
  class?: string;
  /** In characters. */
  columns?: number;
  rows?: number;
}

/** A program with its arguments. */
export interface TerminalCommand {
  program: string;
  args: string[];
}
