import { openFirst } from '../drivers.ts';
import type { Compositor } from './compositor.ts';
import { hyprlandWindows } from './hyprland-windows.ts';
import { kwinWindows } from './kwin-windows.ts';
import { niriWindows } from './niri-windows.ts';
import { swayWindows } from './sway-windows.ts';

/** Finds the compositor that runs here; null when it is none that moves windows for other programs. */
export async function findCompositor(env: NodeJS.ProcessEnv): Promise<Compositor | null> {
  const drivers = [swayWindows(env), kwinWindows(env), hyprlandWindows(env), niriWindows(env)];
  return (await openFirst(drivers, (driver) => driver)).opened;
}
