import type { Tray } from './tray.ts';

/** For settings or machines without a tray. */
export function noTray(): Tray {
  return { state: { backend: 'none', state: 'off' }, show: () => undefined, close: async () => undefined };
}
