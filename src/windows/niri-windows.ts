import { z } from 'zod';
import { askNiri, niriEvents } from '../wayland/niri.ts';
import { NIRI } from '../wayland/sockets.ts';
import { type Compositor, isOf, isWanted, openWindow, type WantedWindow } from './compositor.ts';

const WINDOW = z
  .object({
    id: z.number(),
    title: z.string().nullish(),
    app_id: z.string().nullish(),
    pid: z.number().nullish(),
  })
  .transform((window) => ({ ...window, classes: [window.app_id] }));
type Window = z.infer<typeof WINDOW>;

const WINDOWS = z.object({ Windows: z.array(WINDOW) });
const EVENT = z.object({
  WindowsChanged: z.object({ windows: z.array(WINDOW) }).optional(),
  WindowOpenedOrChanged: z.object({ window: WINDOW }).optional(),
});

/** Windows of niri, over its socket. By the documentation of niri-ipc 25.11; not run on niri. */
export function niriWindows(env: NodeJS.ProcessEnv): Compositor {
  return {
    name: 'niri',
    unavailable: () => NIRI.unavailable(env),
    async raise(wanted, signal) {
      const socket = await NIRI.path(env);
      const { Windows: windows } = WINDOWS.parse(await askNiri(socket, 'Windows', signal));
      const found = openWindow(windows, wanted);
      if (found) await act(socket, 'FocusWindow', found, signal);
      return found !== null;
    },
    async presentNext(wanted, onCome, signal) {
      const socket = await NIRI.path(env);
      const found = await next(niriEvents(socket, signal), wanted);
      onCome();
      for (const action of ['MoveWindowToFloating', 'CenterWindow', 'FocusWindow'])
        await act(socket, action, found, signal);
    },
  };
}

/** Waits for the wanted window: an open one of its process, else a new one. */
async function next(events: AsyncIterable<unknown>, wanted: WantedWindow): Promise<Window> {
  const before = new Set<number>();
  for await (const event of events) {
    const { WindowsChanged: all, WindowOpenedOrChanged: one } = EVENT.parse(event);
    const opened = all?.windows.find((each) => isOf(each, wanted));
    if (opened) return opened;
    for (const { id } of all?.windows ?? []) before.add(id);
    if (one && !before.has(one.window.id) && isWanted(one.window, wanted)) return one.window;
  }
  throw new Error('niri closed the connection');
}

async function act(socket: string, action: string, { id }: Window, signal: AbortSignal): Promise<void> {
  await askNiri(socket, { Action: { [action]: { id } } }, signal);
}
