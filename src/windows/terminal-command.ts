/** How a terminal window is to look; each terminal takes of it what it can. */
export interface WindowLook {
  /** Until the program in it says another one. */
  title?: string;
  /** For the rules of window managers: WM_CLASS on X11, app_id on Wayland; letters, digits and "-". */
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
