import { z } from 'zod';
import { niriEvents } from '../wayland/niri.ts';
import { NIRI } from '../wayland/sockets.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

const WINDOW = z.object({
  id: z.number(),
  title: z.string().nullish(),
  app_id: z.string().nullish(),
  pid: z.number().nullish(),
  is_focused: z.boolean(),
});
type Window = z.infer<typeof WINDOW>;

/** The events that say which window has the focus. An event is an object with one key. */
const EVENT = z.object({
  WindowsChanged: z.object({ windows: z.array(WINDOW) }).optional(),
  WindowOpenedOrChanged: z.object({ window: WINDOW }).optional(),
  WindowClosed: z.object({ id: z.number() }).optional(),
  WindowFocusChanged: z.object({ id: z.number().nullable() }).optional(),
});

/** The active window of niri, from its event stream. Written after the documentation of niri-ipc 25.11; not run on niri. */
export function niriDriver(env: NodeJS.ProcessEnv): FocusDriver {
  return {
    name: 'niri',
    unavailable: () => NIRI.unavailable(env),
    async serve(attach, signal) {
      const path = await NIRI.path(env);
      const focus = new NiriFocus();
      const events = niriEvents(path, signal);
      for await (const event of events) {
        focus.take(event);
        attach(() => focus.window);
      }
      throw new Error('niri closed the connection');
    },
  };
}

/** The windows of niri. The stream begins with all of them, then reports changes. */
class NiriFocus {
  #windows = new Map<number, Window>();
  #focused: number | null = null;

  get window(): ActiveWindow | null {
    const window = this.#focused === null ? undefined : this.#windows.get(this.#focused);
    return window ? windowOf(window.title, [window.app_id], window.pid) : null;
  }

  /** @throws ZodError for an event that has another form than niri's */
  take(event: unknown): void {
    const { WindowsChanged, WindowOpenedOrChanged, WindowClosed, WindowFocusChanged } = EVENT.parse(event);
    if (WindowsChanged) {
      this.#windows = new Map(WindowsChanged.windows.map((window) => [window.id, window]));
      this.#focused = WindowsChanged.windows.find(({ is_focused }) => is_focused)?.id ?? null;
    }
    if (WindowOpenedOrChanged) {
      const { window } = WindowOpenedOrChanged;
      this.#windows.set(window.id, window);
      if (window.is_focused) this.#focused = window.id;
      else if (this.#focused === window.id) this.#focused = null;
    }
    if (WindowClosed) this.#windows.delete(WindowClosed.id);
    if (WindowFocusChanged) this.#focused = WindowFocusChanged.id;
  }
}
