import { expect } from 'vitest';
import type { ActiveWindow, FocusDriver, Look } from '../../src/focus/active-window.ts';

/** A driver under test, while it serves one connection. */
export interface FollowedWindow extends AsyncDisposable {
  /** The active window; undefined: the driver has no way to look yet. */
  window(): Promise<ActiveWindow | null | undefined>;
  /** Waits until the active window is this one. */
  waitFor(window: Partial<ActiveWindow> | null): Promise<void>;
  /** Why the connection ended. */
  readonly ended: Promise<unknown>;
}

export function followWindow(driver: FocusDriver): FollowedWindow {
  const closing = new AbortController();
  let look: Look | undefined;
  const attach = (found: Look): void => {
    look = found;
  };
  const ended = driver.serve(attach, closing.signal).catch((error: unknown) => error);
  const window = async () => look?.();
  return {
    window,
    ended,
    async waitFor(expected) {
      const poll = expect.poll(window, { interval: 5 });
      await (expected === null ? poll.toBeNull() : poll.toMatchObject(expected));
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await ended;
    },
  };
}
