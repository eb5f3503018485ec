import type { Logger } from 'pino';
import type { WindowSigns } from '../x11/windows.ts';

/** A window that has not come by then will not come, ms. */
const COMES_MS = 10_000;

/**
 * Puts the window of X11 that comes now and has one of these signs into the middle of the monitor, and gives it the
 * keyboard. Other desktops let no program do that: there the window manager places it. Never rejects.
 * @param onCome called when it is there
 */
export async function presentNext(
  env: NodeJS.ProcessEnv,
  signs: WindowSigns,
  onCome: () => void,
  logger?: Logger,
): Promise<void> {
  if (!env.DISPLAY || env.WAYLAND_DISPLAY) return;
  try {
    const [{ XWindows }, log] = await Promise.all([import('../x11/windows.ts'), logger ?? silent()]);
    using windows = await XWindows.open(env, log, AbortSignal.timeout(COMES_MS));
    const before = new Set(await windows.all());
    // A quick terminal has its window before the connection is there: its process tells it from older ones.
    const own = signs.pids ? await windows.find({ pids: signs.pids }) : null;
    const window = own ?? (await windows.next(signs, before));
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
