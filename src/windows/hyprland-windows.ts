import { z } from 'zod';
import { askHyprland } from '../wayland/hyprland.ts';
import { linesOf, openSocket } from '../wayland/lines.ts';
import { HYPRLAND } from '../wayland/sockets.ts';
import { type Compositor, isOf, isWanted, openWindow } from './compositor.ts';

const CLIENTS = z.array(
  z
    .object({ address: z.string(), title: z.string(), class: z.string(), pid: z.number() })
    .transform((window) => ({ ...window, classes: [window.class] })),
);
type Client = z.infer<typeof CLIENTS>[number];

/** Windows of Hyprland, over its sockets. By its documentation (0.40 to 0.54); not run on Hyprland. */
export function hyprlandWindows(env: NodeJS.ProcessEnv): Compositor {
  return {
    name: 'hyprland',
    unavailable: () => HYPRLAND.unavailable(env),
    async raise(wanted, signal) {
      const socket = await HYPRLAND.path(env);
      const found = openWindow(await clients(socket, signal), wanted);
      if (found) await dispatch(socket, `focuswindow address:${found.address}`, signal);
      return found !== null;
    },
    async presentNext(wanted, onCome, signal) {
      const socket = await HYPRLAND.path(env);
      using events = await openSocket(socket, signal);
      const found = await next(socket, linesOf(events), wanted, signal);
      onCome();
      await dispatch(socket, `setfloating address:${found.address}`, signal);
      await dispatch(socket, `focuswindow address:${found.address}`, signal);
      // It centres the active window.
      await dispatch(socket, 'centerwindow', signal);
    },
  };
}

/** Waits for the wanted window: an open one of its process, else a new one. @param lines of the event socket */
async function next(
  socket: string,
  lines: AsyncIterable<string>,
  wanted: Parameters<typeof isWanted>[1],
  signal: AbortSignal,
): Promise<Client> {
  const opened = (await clients(socket, signal)).find((each) => isOf(each, wanted));
  if (opened) return opened;
  const fresh = new Set<string>();
  for await (const line of lines) {
    const [, name, address = ''] = /^(\w+)>>([0-9a-f]+)/.exec(line) ?? [];
    if (name === 'openwindow') fresh.add(`0x${address}`);
    // Some terminals set their title later.
    if (name !== 'openwindow' && !(name === 'windowtitlev2' && fresh.has(`0x${address}`))) continue;
    const found = (await clients(socket, signal)).find(
      (each) => fresh.has(each.address) && isWanted(each, wanted),
    );
    if (found) return found;
  }
  throw new Error('Hyprland closed the connection');
}

async function clients(socket: string, signal: AbortSignal): Promise<Client[]> {
  return CLIENTS.parse(JSON.parse(await askHyprland(socket, 'j/clients', signal)));
}

/** @throws Error when Hyprland refuses */
async function dispatch(socket: string, what: string, signal: AbortSignal): Promise<void> {
  const answer = await askHyprland(socket, `dispatch ${what}`, signal);
  if (answer.trim() !== 'ok') throw new Error(`Hyprland refuses ${what}: ${answer}`);
}
