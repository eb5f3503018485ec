import type { Driver } from '../drivers.ts';

/** The window with the keyboard focus. Its title is untrusted. */
export interface ActiveWindow {
  title: string;
  /**
   * Instance and class of WM_CLASS, or the app id of a Wayland window; in lower case. Unlike the title, the program
   * inside cannot change them.
   */
  classes: readonly string[];
  /** Its process on this machine; null when it is unknown. */
  pid: number | null;
}

/** Returns the active window; null when there is none. */
export type Look = () => ActiveWindow | null | Promise<ActiveWindow | null>;

/** A way to learn which window is active on a desktop. */
export interface FocusDriver extends Driver {
  /** What stays unknown here, as a sentence; null when every window is known. */
  readonly gap?: string | null;
  /**
   * Serves one connection from its beginning to its end.
   * @param attach gets the way to look, once there is one
   * @throws the reason why there is no connection, or why it ended; the reason of `signal`
   */
  serve(attach: (look: Look) => void, signal: AbortSignal): Promise<never>;
}

/** Maximum length of a title or a class, UTF-16 units. */
export const MOST_TEXT = 4_096;

/** Makes a window from what a compositor reports. Longer texts are cut. */
export function windowOf(
  title: string | null | undefined,
  classes: readonly (string | null | undefined)[],
  pid: number | null | undefined,
): ActiveWindow {
  return {
    title: (title ?? '').slice(0, MOST_TEXT),
    classes: classes.flatMap((each) => (each ? [each.slice(0, MOST_TEXT).toLowerCase()] : [])),
    pid: pid !== null && pid !== undefined && Number.isSafeInteger(pid) && pid > 0 ? pid : null,
  };
}
