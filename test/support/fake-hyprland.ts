import { join } from 'node:path';
import { listenAt } from './compositor-socket.ts';

/** A window as Hyprland lists it; its address is hexadecimal. */
export interface HyprlandWindow {
  address: string;
  class: string;
  title: string;
  pid: number;
}

/** A stand-in for the sockets of Hyprland, after its documentation and the source of 0.54. */
export interface FakeHyprland extends AsyncDisposable {
  /** The requests that came. */
  readonly requests: string[];
  /** Moves the focus, and reports it. */
  focus(window: HyprlandWindow | null): void;
  /** Changes the title of a window, and reports it. */
  retitle(window: HyprlandWindow, title: string): void;
  /** Sends a line on the event socket. */
  event(name: string, data: string): void;
}

/** @param runtime XDG_RUNTIME_DIR @param instance its signature */
export async function startFakeHyprland(runtime: string, instance: string): Promise<FakeHyprland> {
  const folder = join(runtime, 'hypr', instance);
  const requests: string[] = [];
  let active: HyprlandWindow | null = null;
  const events = await listenAt(join(folder, '.socket2.sock'));
  const answers = await listenAt(join(folder, '.socket.sock'), (client) => {
    client.once('data', (request: string) => {
      requests.push(request);
      // It ends the connection after each answer, and waits for nothing else meanwhile.
      client.end(request === 'j/activewindow' ? describe(active) : 'unknown request');
    });
  });
  const event = (name: string, data: string): void =>
    events.send(`${name}>>${data.slice(0, 1_024).replaceAll('\n', ' ')}`);
  const announce = (): void => {
    event('activewindow', active === null ? ',' : `${active.class},${active.title}`);
    event('activewindowv2', active?.address ?? '');
  };
  return {
    requests,
    event,
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
