/** The part of the `x11` package (4.2.2, which brings no types) that is used here. */
declare module 'x11' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  /** An error the server sent; `error` is the protocol's code (10: Access). */
  export interface XError extends Error {
    error?: number;
  }

  /** Must return true when given an error, or the client emits it as 'error' too. */
  export type Callback<T> = (error: XError | null | undefined, value: T) => boolean;

  export interface XEvent {
    name: string;
    /** KeyPress, KeyRelease; for ButtonPress and ButtonRelease, the number of the button. */
    keycode?: number;
    /** The server's clock, ms. */
    time?: number;
    /** Modifier state of a key event. */
    buttons?: number;
    /** MappingNotify: 0 modifiers, 1 keyboard, 2 pointer. */
    request?: number;
    /** PropertyNotify: the window. */
    wid?: number;
    /** PropertyNotify: the property. */
    atom?: number;
    /** PropertyNotify: 1 when the property was deleted. */
    state?: number;
    /** SelectionRequest: window, wanted form and property of the program that asks. */
    requestor?: number;
    target?: number;
    property?: number;
  }

  export interface XResource {
    ClientIdMask: { LocalClientPID: number };
    QueryClients(done: Callback<{ resourceBase: number; resourceMask: number }[]>): void;
    QueryClientResources(xid: number, done: Callback<{ resourceType: number; count: number }[]>): void;
    QueryClientIds(
      specs: { client: number; mask: number }[],
      done: Callback<{ client: number; mask: number; value: number[] }[]>,
    ): void;
  }

  export interface XXinerama {
    QueryScreens(done: Callback<{ x: number; y: number; width: number; height: number }[]>): void;
  }

  export interface XDisplay {
    screen: { root: number }[];
    min_keycode: number;
    max_keycode: number;
    resource_base: number;
    resource_mask: number;
  }

  export interface XClient extends EventEmitter {
    /** Cache of atoms by name, and of names by atom. */
    atoms: Record<string, number>;
    atom_names: Record<number, string>;
    require(extension: 'res', done: Callback<XResource>): void;
    require(extension: 'xinerama', done: Callback<XXinerama>): void;
    AllocID(): number;
    CreateWindow(
      window: number,
      parent: number,
      x: number,
      y: number,
      width: number,
      height: number,
      borderWidth: number,
      depth: number,
      windowClass: number,
      visual: number,
      values: { eventMask: number },
    ): void;
    /** @param mode 0: replace, 2: append */
    ChangeProperty(
      mode: number,
      window: number,
      property: number,
      type: number,
      format: 8 | 32,
      data: Buffer | readonly number[],
    ): void;
    SetSelectionOwner(window: number, selection: number, time: number): void;
    GetSelectionOwner(selection: number, done: Callback<number>): void;
    SendEvent(
      destination: number,
      propagate: 0 | 1,
      eventMask: number,
      event: Readonly<Record<string, number | string>>,
    ): void;
    ChangeWindowAttributes(window: number, values: { eventMask: number }, done: Callback<void>): void;
    ConfigureWindow(window: number, values: { x?: number; y?: number; stackMode?: number }): void;
    MapWindow(window: number): void;
    SetInputFocus(window: number, revertTo: number): void;
    GetGeometry(window: number, done: Callback<{ width: number; height: number }>): void;
    QueryPointer(window: number, done: Callback<{ rootX: number; rootY: number }>): void;
    /** With the mask that EWMH asks of messages to the root. */
    SendClientMessage(
      destination: number,
      window: number,
      type: number,
      format: 32,
      data: readonly number[],
    ): void;
    GrabKey(
      window: number,
      ownerEvents: 0 | 1,
      modifiers: number,
      keycode: number,
      pointerMode: 0 | 1,
      keyboardMode: 0 | 1,
      done: Callback<void>,
    ): void;
    GrabButton(
      window: number,
      ownerEvents: 0 | 1,
      eventMask: number,
      pointerMode: 0 | 1,
      keyboardMode: 0 | 1,
      confineTo: number,
      cursor: number,
      button: number,
      modifiers: number,
      done: Callback<void>,
    ): void;
    UngrabButton(window: number, button: number, modifiers: number, done: Callback<void>): void;
    UngrabKey(window: number, keycode: number, modifiers: number, done: Callback<void>): void;
    GetKeyboardMapping(first: number, count: number, done: Callback<number[][]>): void;
    GetModifierMapping(done: Callback<number[][]>): void;
    GetInputFocus(done: Callback<unknown>): void;
    GetAtomName(atom: number, done: Callback<string>): void;
    InternAtom(onlyIfExists: boolean, name: string, done: Callback<number>): void;
    GetProperty(
      remove: 0 | 1,
      window: number,
      property: number,
      type: number,
      offset: number,
      length: number,
      done: Callback<{ type: number; data: Buffer }>,
    ): void;
  }

  const x11: {
    createClient(options: {
      display: string;
      stream: Socket;
      auth: { name: string; data: string };
      disableBigRequests: boolean;
    }): XClient;
  };
  export default x11;
}
