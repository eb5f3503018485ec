import type { Driver } from '../drivers.ts';

/** What distinguishes a window of ours; as much as is known. */
export interface WantedWindow {
  /** The class with which it was opened: app_id on Wayland. */
  class?: string;
  /** Its title begins with this. */
  title?: string;
  /** Processes to which it may belong, the likeliest first. */
  pids: readonly number[];
}

/** A window as a compositor lists it. Untrusted. */
export interface ListedWindow {
  title?: string | null | undefined;
  /** Its app_id, or the instance and class of an X11 window. */
  classes: readonly (string | null | undefined)[];
  pid?: number | null | undefined;
}

/**
 * A Wayland compositor that moves windows for other programs. Wayland's protocol has nothing for that, so each compositor
 * has its own way.
 */
export interface Compositor extends Driver {
  /** Focuses an open window, wherever it is. @returns false when there is none @throws Error when it cannot be asked */
  raise(wanted: WantedWindow, signal: AbortSignal): Promise<boolean>;
  /**
   * Waits for a new window, places it in the middle of its output above the tiled ones, and focuses it.
   * @param onCome called when the window has opened
   * @throws Error when the compositor cannot be asked; the signal's reason
   */
  presentNext(wanted: WantedWindow, onCome: () => void, signal: AbortSignal): Promise<void>;
}

/**
 * Finds an open window: by its class, else by the nearest process. One process may have many windows (foot --server,
 * gnome-terminal), so the class counts first.
 */
export function openWindow<W extends ListedWindow>(windows: readonly W[], wanted: WantedWindow): W | null {
  const named = windows.find((window) => hasClass(window, wanted));
  if (named) return named;
  for (const pid of wanted.pids) {
    const found = windows.find((window) => window.pid === pid);
    if (found) return found;
  }
  return null;
}

/** Reports whether a window that has just opened is the wanted one. */
export function isWanted(window: ListedWindow, wanted: WantedWindow): boolean {
  if (hasClass(window, wanted)) return true;
  if (wanted.title !== undefined && window.title?.startsWith(wanted.title)) return true;
  return isOf(window, wanted);
}

/** Reports whether a window belongs to one of the wanted processes. */
export function isOf({ pid }: ListedWindow, { pids }: WantedWindow): boolean {
  return pid !== null && pid !== undefined && pids.includes(pid);
}

function hasClass({ classes }: ListedWindow, { class: name }: WantedWindow): boolean {
  return name !== undefined && classes.some((each) => each?.toLowerCase() === name.toLowerCase());
}
