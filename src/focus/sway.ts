import { z } from 'zod';
import { swaySocket } from '../wayland/sockets.ts';
import { MESSAGE, SwayConnection, type SwayEvent } from '../wayland/sway-connection.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

/** A window, workspace or output of sway's tree: sway-ipc(7). Only windows have a process. */
const NODE = z.object({
  id: z.number(),
  focused: z.boolean(),
  name: z.string().nullish(),
  app_id: z.string().nullish(),
  pid: z.number().nullish(),
  /** Of X11 windows. */
  window_properties: z.object({ class: z.string().nullish(), instance: z.string().nullish() }).nullish(),
  nodes: z.array(z.unknown()).nullish(),
  floating_nodes: z.array(z.unknown()).nullish(),
});
type Node = z.infer<typeof NODE>;

const WINDOW_EVENT = z.object({ change: z.string(), container: NODE });

/** The active window of sway, from the events of its socket. Verified with sway 1.7. */
export function swayDriver(env: NodeJS.ProcessEnv): FocusDriver {
  return {
    name: 'sway',
    unavailable: async () => ((await swaySocket(env)) === null ? 'sway does not run here' : null),
    async serve(attach, signal) {
      const path = await swaySocket(env);
      if (path === null) throw new Error('sway has no socket now');
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
  #node: Node | null = null;
  /** Number of focus events: an answer that was asked for before the last one is out of date. */
  #heard = 0;

  /** @param tree asks for sway's tree */
  constructor(tree: () => Promise<unknown>) {
    this.#tree = tree;
  }

  get window(): ActiveWindow | null {
    if (this.#node === null) return null;
    const { name, app_id, window_properties: x11, pid } = this.#node;
    return windowOf(name, [app_id, x11?.instance, x11?.class], pid);
  }

  /** Looks for the active window in the tree. @throws the error of `tree` */
  async refresh(): Promise<void> {
    const heard = this.#heard;
    const tree = await this.#tree();
    if (heard === this.#heard) this.#node = focusedIn(tree);
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

/** Returns the focused window below a node of the tree; null when a workspace has the focus. */
function focusedIn(node: unknown): Node | null {
  const { data } = NODE.safeParse(node);
  if (!data) return null;
  if (data.focused && data.pid) return data;
  for (const child of [...(data.nodes ?? []), ...(data.floating_nodes ?? [])]) {
    const found = focusedIn(child);
    if (found) return found;
  }
  return null;
}
