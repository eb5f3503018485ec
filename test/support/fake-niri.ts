import { join } from 'node:path';
import { listenAt } from './compositor-socket.ts';

/** A window as niri-ipc 25.11 describes it. */
export interface NiriWindow {
  id: number;
  title: string | null;
  app_id: string | null;
  pid: number | null;
  workspace_id: number | null;
  is_focused: boolean;
  is_floating: boolean;
  is_urgent: boolean;
}

/** A stand-in for niri's socket, after the documentation and the types of niri-ipc 25.11. */
export interface FakeNiri extends AsyncDisposable {
  readonly path: string;
  /** The actions that came, such as `{FocusWindow: {id: 1}}`. */
  readonly actions: unknown[];
  /** The windows that it has; a client that comes later gets these. */
  readonly windows: NiriWindow[];
  /** Sends an event to every client. */
  event(name: string, content: unknown): void;
  /** Sends a line to every client. */
  send(line: string): void;
}

/** @param runtime XDG_RUNTIME_DIR @param pid part of the name of its socket */
export async function startFakeNiri(runtime: string, pid = 1234): Promise<FakeNiri> {
  const path = join(runtime, `niri.wayland-1.${pid}.sock`);
  const windows: NiriWindow[] = [];
  const actions: unknown[] = [];
  const answer = (text: string): unknown => {
    const request: unknown = JSON.parse(text);
    if (request === 'Windows') return { Ok: { Windows: windows } };
    if (typeof request !== 'object' || request === null || !('Action' in request))
      return { Err: 'error parsing request' };
    actions.push(request.Action);
    return { Ok: 'Handled' };
  };
  const socket = await listenAt(path, (client) => {
    client.on('data', (request: string) => {
      if (request !== '"EventStream"\n') {
        client.write(`${JSON.stringify(answer(request))}\n`);
        return;
      }
      // Everything in one packet, as it comes when niri is quick.
      const start = [
        { Ok: 'Handled' },
        { WorkspacesChanged: { workspaces: [] } },
        { WindowsChanged: { windows } },
        { KeyboardLayoutsChanged: { keyboard_layouts: { names: ['English (US)'], current_idx: 0 } } },
        { OverviewOpenedOrClosed: { is_open: false } },
      ];
      client.write(start.map((each) => `${JSON.stringify(each)}\n`).join(''));
    });
  });
  return {
    path,
    windows,
    actions,
    event: (name, content) => socket.send(JSON.stringify({ [name]: content })),
    send: socket.send,
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
}

/** A window without the focus. */
export function niriWindow(id: number, window: Partial<NiriWindow> = {}): NiriWindow {
  const rest = { workspace_id: 1, is_focused: false, is_floating: false, is_urgent: false };
  return { id, title: `window ${id}`, app_id: 'foot', pid: 1_000 + id, ...rest, ...window };
}
