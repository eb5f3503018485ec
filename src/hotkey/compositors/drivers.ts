import type { Logger } from 'pino';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { hyprlandDriver } from './hyprland.ts';
import { riverDriver } from './river.ts';
import { swayDriver } from './sway.ts';

interface CompositorDriversOptions {
  listen: Chord;
  cancel: Chord;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Compositors that bind keys while they run; each has a separate interface. */
export function compositorDrivers(options: CompositorDriversOptions): readonly HotkeyDriver[] {
  return [swayDriver(options), hyprlandDriver(options), riverDriver(options)];
}
