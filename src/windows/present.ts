import type { Logger } from 'pino';
import { isWayland } from '../wayland/session.ts';
import type { WantedWindow } from './compositor.ts';
import { findCompositor } from './compositors.ts';

/** A window that has not opened after this time, ms, will not open. */
const COMES_MS = 10_000;

/**
 * Waits for a new window, places it in the middle of the monitor and focuses it: on X11, and with the compositors that
 * do that for other programs. Elsewhere the compositor places it. Never rejects.
 * @param onCome called when the window has opened
 */
export async function presentNext(
  env: NodeJS.ProcessEnv,
  wanted: WantedWindow,
  onCome: () => void,
  logger?: Logger,
): Promise<void> {
  const signal = AbortSignal.timeout(COMES_MS);
  try {
    if (isWayland(env)) await (await findCompositor(env))?.presentNext(wanted, onCome, signal);
    else if (env.DISPLAY) await presentOnX11(env, wanted, onCome, logger ?? (await silent()), signal);
  } catch (error) {
    logger?.debug({ err: error }, 'a terminal window was not placed');
  }
}

async function presentOnX11(
  env: NodeJS.ProcessEnv,
  wanted: WantedWindow,
  onCome: () => void,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { XWindows } = await import('../x11/windows.ts');
  using windows = await XWindows.open(env, logger, signal);
  const before = new Set(await windows.all());
  // A fast terminal opens its window before the connection is ready; its process distinguishes it from older ones.
  const own = await windows.find({ pids: wanted.pids });
  const window = own ?? (await windows.next(wanted, before));
  onCome();
  await windows.centre(window);
  await windows.raise(window);
}

async function silent(): Promise<Logger> {
  const { pino } = await import('pino');
  return pino({ level: 'silent' });
}
