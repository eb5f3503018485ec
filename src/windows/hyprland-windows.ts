import { z } from 'zod';
import { askHyprland, speaksLua } from '../wayland/hyprland.ts';
import { linesOf, openSocket } from '../wayland/lines.ts';
import { HYPRLAND } from '../wayland/sockets.ts';
import { type Compositor, isOf, isWanted, openWindow } from './compositor.ts';

const CLIENTS = z.array(
  z
    .object({
      address: z.string().regex(/^0x[0-9a-f]+$/),
      title: z.string(),
      class: z.string(),
      pid: z.number(),
    })
    .transform((window) => ({ ...window, classes: [window.class] })),
);
type Client = z.infer<typeof CLIENTS>[number];

/** What `dispatch` takes for a window, by its address. */
interface Language {
  focus(address: string): string;
  float(address: string): string;
  centre(address: string): string;
}

const HYPRLANG: Language = {
  focus: (address) => `focuswindow address:${address}`,
  float: (address) => `setfloating address:${address}`,
  // The active window.
  centre: () => 'centerwindow',
};

const LUA: Language = {
  focus: (address) => `hl.dsp.focus({ window = "address:${address}" })`,
  float: (address) => `hl.dsp.window.float({ action = "on", window = "address:${address}" })`,
  centre: (address) => `hl.dsp.window.center({ window = "address:${address}" })`,
};

/**
 * Windows of Hyprland, over its sockets. After its documentation (0.40 to 0.54) and, in Lua, the wiki and sources of 0.55;
 * not run on Hyprland.
 */
export function hyprlandWindows(env: NodeJS.ProcessEnv): Compositor {
  return {
    name: 'hyprland',
    unavailable: () => HYPRLAND.unavailable(env),
    async raise(wanted, signal) {
      const socket = await HYPRLAND.path(env);
      const found = openWindow(await clients(socket, signal), wanted);
      if (found) await dispatch(socket, (await languageAt(socket, signal)).focus(found.address), signal);
      return found !== null;
    },
    async presentNext(wanted, onCome, signal) {
      const socket = await HYPRLAND.path(env);
      using events = await openSocket(socket, signal);
      const found = await next(socket, linesOf(events), wanted, signal);
      onCome();
      const language = await languageAt(socket, signal);
      for (const what of [language.float, language.focus, language.centre])
        await dispatch(socket, what(found.address), signal);
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

async function languageAt(socket: string, signal: AbortSignal): Promise<Language> {
  return (await speaksLua((request) => askHyprland(socket, request, signal))) ? LUA : HYPRLANG;
}

async function clients(socket: string, signal: AbortSignal): Promise<Client[]> {
  return CLIENTS.parse(JSON.parse(await askHyprland(socket, 'j/clients', signal)));
}

/** @throws Error when Hyprland refuses */
async function dispatch(socket: string, what: string, signal: AbortSignal): Promise<void> {
  const answer = await askHyprland(socket, `dispatch ${what}`, signal);
  if (answer.trim() !== 'ok') throw new Error(`Hyprland refuses ${what}: ${answer}`);
}
