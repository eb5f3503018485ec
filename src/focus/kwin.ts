import { join } from 'node:path';
import { z } from 'zod';
import { KWin, kwinUnavailable } from '../wayland/kwin.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';
import { kwinScript, REPORT } from './kwin-script.ts';

/** KWin loads no two scripts of one name. */
const SCRIPT = 'codex-voice-focus';
/** Maximum length of a report, UTF-16 units: the script cuts what it sends, and JSON may write a character as six. */
const MOST_REPORT = 64 * 1024;

const WINDOW = z.object({ title: z.string(), class: z.string(), pid: z.number() }).nullable();

interface KWinDriverOptions {
  env: NodeJS.ProcessEnv;
  /** A private folder, for the script while KWin reads it. */
  folder: string;
}

/**
 * The active window of Plasma on Wayland. KWin has no interface for it, but runs a script that reports it. Verified with
 * KWin 5.27 and 6.3.
 */
export function kwinDriver({ env, folder }: KWinDriverOptions): FocusDriver {
  return {
    name: 'kwin',
    unavailable: () => kwinUnavailable(env),
    async serve(attach, signal) {
      using kwin = await KWin.open(env);
      signal.throwIfAborted();
      const { promise: stopped, resolve: stop } = Promise.withResolvers<Error>();
      signal.addEventListener('abort', () => stop(new Error('closed')), { once: true });
      let window: ActiveWindow | null = null;
      kwin.onReport(REPORT, (report) => {
        window = readReport(report);
      });
      const file = join(folder, 'kwin-focus.js');
      await using _script = await kwin.run(SCRIPT, kwinScript(kwin.receiver), file);
      attach(() => window);
      throw await Promise.race([kwin.ended, stopped]);
    },
  };
}

/** Reads a report of the script; null when it names no window, or was not made by our script. */
export function readReport(report: unknown): ActiveWindow | null {
  if (typeof report !== 'string' || report.length > MOST_REPORT) return null;
  try {
    const window = WINDOW.parse(JSON.parse(report));
    return window && windowOf(window.title, [window.class], window.pid);
  } catch {
    return null;
  }
}
