import { z } from 'zod';
import { SWAY } from '../wayland/sockets.ts';
import { MESSAGE, SwayConnection, type SwayEvent } from '../wayland/sway-connection.ts';
import { SWAY_NODE, type SwayNode, windowsBelow } from '../wayland/sway-tree.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

const WINDOW_EVENT = z.object({ change: z.string(), container: SWAY_NODE });

/** The active window of sway, from the events of its socket. Verified with sway 1.7. */
export function swayDriver(env: NodeJS.ProcessEnv): FocusDriver {
  return {
    name: 'sway',
    unavailable: () => SWAY.unavailable(env),
    async serve(attach, signal) {
      const path = await SWAY.path(env);
      let focus: SwayFocus | null = null;
      using connection = await SwayConnection.open(path, (event) => focus?.take(event));
      signal.throwIfAborted();
      signal.addEventListener('abort', () => connection[Symbol.dispose](), { once: true });
      const current = new SwayFocus(() => connection.ask(MESSAGE.tree));
      focus = current;
      await connection.ask(MESSAGE.subscribe, '["window","workspace"]');
      await current.refresh();
      attach(() => current.window);
      throw await connection.closed;
    },
  };
}

/** Follows the focus on one connection. */
export class SwayFocus {
  readonly #tree: () => Promise<unknown>;
  #node: SwayNode | null = null;
  /** Number of focus events: an answer that was asked for before the last one is out of date. */
  #heard = 0;

  /** @param tree asks for sway's tree */
  constructor(tree: () => Promise<unknown>) {
    this.#tree = tree;
  }

  get window(): ActiveWindow | null {
    if (this.#node === null) return null;
    const { name, classes, pid } = this.#node;
    return windowOf(name, classes, pid);
  }

  /** Looks for the active window in the tree. @throws the error of `tree` */
  async refresh(): Promise<void> {
    const heard = this.#heard;
    const tree = await this.#tree();
    if (heard === this.#heard) this.#node = windowsBelow(tree).find(({ focused }) => focused) ?? null;
  }

  take({ name, payload }: SwayEvent): void {
    const { data } = WINDOW_EVENT.safeParse(payload);
    if (name === 'window' && data?.change === 'focus') {
      this.#heard += 1;
      this.#node = data.container;
    } else if (name === 'window' && data?.change === 'title') {
      if (data.container.id === this.#node?.id) this.#node = data.container;
    } else if (name === 'workspace' || data?.change === 'close' || data?.change === 'move') {
      // An empty workspace may have the focus now, which no event of a window reports.
      this.refresh().catch(() => undefined); // The connection has ended: serve() reports it.
    }
  }
}
