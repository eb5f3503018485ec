import type { Logger } from 'pino';
import type { XXinerama } from 'x11';
import { XConnection } from './connection.ts';

/** What tells a window from others; whatever is known of it. */
interface WindowCriteria {
  /** The number that its terminal has told (WINDOWID). */
  id?: number;
  /** WM_CLASS, one of its two words. */
  class?: string;
  /** Its title begins so. */
  title?: string;
  /** Processes to which it may belong (_NET_WM_PID). */
  pids?: readonly number[];
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const ANY_TYPE = 0;
/** A property is read up to so many 32-bit words. */
const MOST_WORDS = 1_024;
/** EWMH: the request comes from something like a pager, at the request of the user. */
const FROM_PAGER = 2;
/** X protocol: PropertyChangeMask. */
const PROPERTY_CHANGES = 0x400000;
const BAD_WINDOW = 3;

/** The windows of an X11 desktop, by EWMH (freedesktop.org, 1.5) where its window manager speaks that. */
export class XWindows implements Disposable {
  readonly #connection: XConnection;
  readonly #root: number;

  /** @throws VoiceError hotkey-unavailable, display-lost: no X server; the signal's reason */
  static async open(env: NodeJS.ProcessEnv, logger: Logger, signal: AbortSignal): Promise<XWindows> {
    const connection = await XConnection.open(env, logger, signal);
    signal.addEventListener('abort', () => connection.close(), { once: true });
    return new XWindows(connection);
  }

  private constructor(connection: XConnection) {
    this.#connection = connection;
    this.#root = connection.display.screen[0]?.root ?? 0;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  /** All that a window manager looks after, the oldest first. */
  async all(): Promise<number[]> {
    const data = await this.#property(this.#root, '_NET_CLIENT_LIST');
    return Array.from({ length: Math.floor(data.length / 4) }, (_, index) => data.readUInt32LE(index * 4));
  }

  /** The newest window with these criteria, among all but those of `not`; null: there is none. */
  async find(criteria: WindowCriteria, not: ReadonlySet<number> = new Set()): Promise<number | null> {
    const windows = (await this.all()).filter((window) => !not.has(window));
    const { id } = criteria;
    if (id !== undefined && (windows.includes(id) || (await this.#alone(id)))) return id;
    for (const window of windows.toReversed()) if (await this.#fits(window, criteria)) return window;
    return null;
  }

  /** The first window with these criteria that comes, after those of `before`; rejects when the connection ends. */
  async next(criteria: WindowCriteria, before: ReadonlySet<number>): Promise<number> {
    const changed = Promise.withResolvers<void>();
    let change = changed;
    this.#connection.onEvent(({ name }) => {
      if (name === 'PropertyNotify') change.resolve();
    });
    const { client } = this.#connection;
    await this.#connection.ask<void>((done) =>
      client.ChangeWindowAttributes(this.#root, { eventMask: PROPERTY_CHANGES }, done),
    );
    for (;;) {
      const window = await this.find(criteria, before);
      if (window !== null) return window;
      const ended = this.#connection.closed.then((reason) => Promise.reject(reason));
      await Promise.race([change.promise, ended]);
      change = Promise.withResolvers();
    }
  }

  /** Brings it to the front, out of its icon and from another desktop, with the keyboard. */
  async raise(window: number): Promise<void> {
    const { client } = this.#connection;
    const active = await this.#atom('_NET_ACTIVE_WINDOW');
    if (await this.#managed()) client.SendClientMessage(this.#root, window, active, 32, [FROM_PAGER, 0, 0]);
    else {
      client.MapWindow(window);
      client.ConfigureWindow(window, { stackMode: 0 });
      client.SetInputFocus(window, 1);
    }
    await this.#connection.barrier();
  }

  /** Puts it into the middle of the monitor on which the pointer is. */
  async centre(window: number): Promise<void> {
    const monitor = await this.#monitor();
    const { width, height } = await this.#geometry(window);
    const [left, right, top, bottom] = numbers(await this.#property(window, '_NET_FRAME_EXTENTS'));
    const outer = {
      width: width + (left ?? 0) + (right ?? 0),
      height: height + (top ?? 0) + (bottom ?? 0),
    };
    this.#connection.client.ConfigureWindow(window, {
      x: monitor.x + Math.max(0, Math.round((monitor.width - outer.width) / 2)),
      y: monitor.y + Math.max(0, Math.round((monitor.height - outer.height) / 2)),
    });
    await this.#connection.barrier();
  }

  async #fits(window: number, { class: name, title, pids }: WindowCriteria): Promise<boolean> {
    try {
      if (name !== undefined) {
        const words = (await this.#property(window, 'WM_CLASS')).toString('utf8').split('\0');
        if (words.includes(name)) return true;
      }
      if (title !== undefined && (await this.#title(window)).startsWith(title)) return true;
      if (pids === undefined || pids.length === 0) return false;
      const [pid] = numbers(await this.#property(window, '_NET_WM_PID'));
      return pid !== undefined && pids.includes(pid);
    } catch (error) {
      if (error instanceof Error && 'error' in error && error.error === BAD_WINDOW) return false; // Closed meanwhile.
      throw error;
    }
  }

  async #title(window: number): Promise<string> {
    const title = (await this.#property(window, '_NET_WM_NAME')).toString('utf8');
    return title || (await this.#property(window, 'WM_NAME')).toString('utf8');
  }

  /** Does it exist, where no window manager keeps a list? */
  async #alone(window: number): Promise<boolean> {
    if (await this.#managed()) return false;
    return this.#geometry(window).then(
      () => true,
      () => false,
    );
  }

  /** Is there a window manager that speaks EWMH? */
  async #managed(): Promise<boolean> {
    return (await this.#property(this.#root, '_NET_SUPPORTING_WM_CHECK')).length >= 4;
  }

  async #monitor(): Promise<Box> {
    const { client } = this.#connection;
    const pointer = await this.#connection.ask<{ rootX: number; rootY: number }>((done) =>
      client.QueryPointer(this.#root, done),
    );
    const whole = await this.#geometry(this.#root);
    // Without the extension there is one monitor.
    const monitors = await this.#connection
      .ask<XXinerama>((done) => client.require('xinerama', done))
      .then((xinerama) => this.#connection.ask<Box[]>((done) => xinerama.QueryScreens(done)))
      .catch(() => []);
    const under = monitors.find(
      ({ x, y, width, height }) =>
        pointer.rootX >= x && pointer.rootX < x + width && pointer.rootY >= y && pointer.rootY < y + height,
    );
    return under ?? { ...whole, x: 0, y: 0 };
  }

  #geometry(window: number): Promise<{ width: number; height: number }> {
    return this.#connection.ask((done) => this.#connection.client.GetGeometry(window, done));
  }

  #atom(name: string): Promise<number> {
    return this.#connection.atom(name, { create: true });
  }

  async #property(window: number, name: string): Promise<Buffer> {
    const atom = await this.#atom(name);
    const { data } = await this.#connection.ask<{ data: Buffer }>((done) =>
      this.#connection.client.GetProperty(0, window, atom, ANY_TYPE, 0, MOST_WORDS, done),
    );
    return data;
  }
}

/** The 32-bit numbers of a property. */
function numbers(data: Buffer): number[] {
  return Array.from({ length: Math.floor(data.length / 4) }, (_, index) => data.readUInt32LE(index * 4));
}
