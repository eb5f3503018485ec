import { join } from 'node:path';
import { listenAt } from './compositor-socket.ts';
import { type HyprlandBind, HyprlandBinds, type HyprlandLanguage } from './hyprland-binds.ts';

/** A window as Hyprland lists it; its address is hexadecimal. */
export interface HyprlandWindow {
  address: string;
  class: string;
  title: string;
  pid: number;
}

/** A stand-in for the sockets of Hyprland, after its documentation and the source of 0.54 and 0.56. */
export interface FakeHyprland extends AsyncDisposable {
  /** The requests that came. */
  readonly requests: string[];
  /** Moves the focus, and reports it. */
  focus(window: HyprlandWindow | null): void;
  /** Changes the title of a window, and reports it. */
  retitle(window: HyprlandWindow, title: string): void;
  /** The windows that it lists. */
  readonly windows: HyprlandWindow[];
  /** Opens a window, and reports it. */
  open(window: HyprlandWindow): void;
  /** Sends a line on the event socket. */
  event(name: string, data: string): void;
  /** The bindings that it has now. */
  readonly binds: readonly HyprlandBind[];
  /** Reads a configuration with these bindings, and reports it. */
  reload(...binds: HyprlandBind[]): void;
  /** Presses a key, and reports what the bindings say. @param modmask 1 Shift, 4 Ctrl, 8 Alt, 64 Super */
  press(modmask: number, key: string): void;
  /** Lets a key go. @param modmask the modifiers that are still down */
  release(modmask: number, key: string): void;
}

/** The dispatchers that it knows, with the window's address. */
const DISPATCH: Readonly<Record<HyprlandLanguage, RegExp>> = {
  hyprlang: /^dispatch (?:focuswindow|setfloating) address:0x(\w+)$/,
  lua: /^dispatch hl\.dsp\.(?:focus\(\{|window\.float\(\{ action = "on",|window\.center\(\{) window = "address:0x(\w+)" \}\)$/,
};

/** @param runtime XDG_RUNTIME_DIR @param instance its signature */
export async function startFakeHyprland(
  runtime: string,
  instance: string,
  language: HyprlandLanguage = 'hyprlang',
): Promise<FakeHyprland> {
  const folder = join(runtime, 'hypr', instance);
  const requests: string[] = [];
  const windows: HyprlandWindow[] = [];
  const binds = new HyprlandBinds(language);
  let active: HyprlandWindow | null = null;
  const answer = (request: string): string => {
    if (request === 'j/activewindow') return describe(active);
    const bound = binds.answer(request);
    if (bound !== null) return bound;
    if (request === 'j/clients') return `[${windows.map(describe).join(',')}]`;
    const [, address] = DISPATCH[language].exec(request) ?? [];
    const known = windows.some((window) => window.address === address);
    if ((language === 'hyprlang' && request === 'dispatch centerwindow') || known) return 'ok';
    return address === undefined ? 'unknown request' : 'No such window found';
  };
  const events = await listenAt(join(folder, '.socket2.sock'));
  const answers = await listenAt(join(folder, '.socket.sock'), (client) => {
    client.once('data', (request: string) => {
      requests.push(request);
      // It ends the connection after each answer, and waits for nothing else meanwhile.
      client.end(answer(request));
    });
  });
  const event = (name: string, data: string): void =>
    events.send(`${name}>>${data.slice(0, 1_024).replaceAll('\n', ' ')}`);
  const fire = (release: boolean, modmask: number, key: string): void => {
    for (const text of binds.fire(release, modmask, key)) event('custom', text);
  };
  const announce = (): void => {
    event('activewindow', active === null ? ',' : `${active.class},${active.title}`);
    event('activewindowv2', active?.address ?? '');
  };
  return {
    requests,
    windows,
    open(window) {
      windows.push(window);
      event('openwindow', `${window.address},1,${window.class},${window.title}`);
    },
    event,
    get binds() {
      return binds.list;
    },
    reload(...configured) {
      binds.reload(configured);
      event('configreloaded', '');
    },
    press: (modmask, key) => fire(false, modmask, key),
    release: (modmask, key) => fire(true, modmask, key),
    focus(window) {
      active = window;
      announce();
    },
    retitle(window, title) {
      window.title = title;
      event('windowtitle', window.address);
      event('windowtitlev2', `${window.address},${title}`);
      if (window === active) announce();
    },
    async [Symbol.asyncDispose]() {
      await events[Symbol.asyncDispose]();
      await answers[Symbol.asyncDispose]();
    },
  };
}

function describe(window: HyprlandWindow | null): string {
  if (window === null) return '{}';
  const rest = {
    mapped: true,
    hidden: false,
    at: [0, 0],
    size: [800, 600],
    floating: false,
    xwayland: false,
  };
  return JSON.stringify({ ...window, address: `0x${window.address}`, ...rest }, null, 4);
}
