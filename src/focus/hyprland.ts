import { z } from 'zod';
import { askHyprland } from '../wayland/hyprland.ts';
import { linesOf, openSocket } from '../wayland/lines.ts';
import { HYPRLAND } from '../wayland/sockets.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

/** Answer to `j/activewindow`; an empty object when there is none. */
const WINDOW = z.object({ address: z.string(), class: z.string(), title: z.string(), pid: z.number() });
const ANSWER = z.union([WINDOW, z.strictObject({}).transform(() => null)]);

/**
 * The active window of Hyprland, from its event socket. Written after its documentation (0.40 to 0.54); not run on
 * Hyprland.
 */
export function hyprlandDriver(env: NodeJS.ProcessEnv): FocusDriver {
  return {
    name: 'hyprland',
    unavailable: () => HYPRLAND.unavailable(env),
    async serve(attach, signal) {
      const path = await HYPRLAND.path(env);
      using socket = await openSocket(path, signal);
      const focus = new HyprlandFocus(async () =>
        JSON.parse(await askHyprland(path, 'j/activewindow', signal)),
      );
      await focus.refresh();
      attach(() => focus.window);
      for await (const line of linesOf(socket)) await focus.take(line);
      throw new Error('Hyprland closed the connection');
    },
  };
}

/** Follows the focus on one connection. */
class HyprlandFocus {
  readonly #ask: () => Promise<unknown>;
  #known: z.infer<typeof WINDOW> | null = null;
  /** Class and title of the last `activewindow` event. */
  #named = '';

  /** @param ask sends `j/activewindow` */
  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask;
  }

  get window(): ActiveWindow | null {
    return this.#known && windowOf(this.#known.title, [this.#known.class], this.#known.pid);
  }

  /** @throws the error of `ask`; ZodError for an answer that is not Hyprland's */
  async refresh(): Promise<void> {
    this.#known = ANSWER.parse(await this.#ask());
  }

  /**
   * Takes a line of the event socket. Both events come for every change of the focus and of the active title, in this
   * order: `activewindow>>CLASS,TITLE` and `activewindowv2>>ADDRESS`. Hyprland stops while it answers a request, so it is
   * asked only about a window that is not known yet, and not for each frame of an animated title.
   */
  async take(line: string): Promise<void> {
    const [, name, data = ''] = /^(\w+)>>(.*)$/s.exec(line) ?? [];
    if (name === 'activewindow') this.#named = data;
    if (name !== 'activewindowv2') return;
    const known = this.#known;
    // Without a window, older versions send a comma.
    if (data === '' || data === ',') this.#known = null;
    else if (known?.address !== `0x${data}`) await this.refresh();
    else if (this.#named.startsWith(`${known.class},`))
      this.#known = { ...known, title: this.#named.slice(known.class.length + 1) };
  }
}
