import type { Logger } from 'pino';
import type { WindowCriteria } from '../x11/windows.ts';

/** A window that has not opened after this time, ms, will not open. */
const COMES_MS = 10_000;

/**
 * Waits for a new X11 window with one of these properties, places it in the middle of the monitor and focuses it. Other
 * desktops do not let programs do that; the window manager places it. Never rejects.
 * @param onCome called when the window has opened
 */
export async function presentNext(
  env: NodeJS.ProcessEnv,
  criteria: WindowCriteria,
  onCome: () => void,
  logger?: Logger,
): Promise<void> {
  if (!env.DISPLAY || env.WAYLAND_DISPLAY) return;
  try {
    const [{ XWindows }, log] = await Promise.all([import('../x11/windows.ts'), logger ?? silent()]);
    using windows = await XWindows.open(env, log, AbortSignal.timeout(COMES_MS));
    const before = new Set(await windows.all());
    // A fast terminal opens its window before the connection is ready; its process distinguishes it from older ones.
    const own = criteria.pids ? await windows.find({ pids: criteria.pids }) : null;
    const window = own ?? (await windows.next(criteria, before));
    onCome();
    await windows.centre(window);
    await windows.raise(window);
  } catch (error) {
    logger?.debug({ err: error }, 'a terminal window was not placed');
  }
}

async function silent(): Promise<Logger> {
  const { pino } = await import('pino');
  return pino({ level: 'silent' });
}
