import type { Tray } from './tray.ts';

/** Where the settings or the machine have no tray. */
export function noTray(): Tray {
  return { state: { backend: 'none', state: 'off' }, show: () => undefined, close: async () => undefined };
}
