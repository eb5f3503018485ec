import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Evdev codes of the keys that the tests press (linux/input-event-codes.h). */
export const KEY = {
  escape: 1,
  tab: 15,
  enter: 28,
  ctrl: 29,
  a: 30,
  shift: 42,
  alt: 56,
  space: 57,
  f4: 62,
  f9: 67,
  f10: 68,
  meta: 125,
} as const;

const FAKE_INPUT = 'org_kde_kwin_fake_input';
/** Objects of a Wayland connection: the display is the first. */
const DISPLAY = 1;
const REGISTRY = 2;
const HEADER_BYTES = 8;
/** BTN_LEFT of linux/input-event-codes.h. */
const LEFT_BUTTON = 272;

/**
 * Presses real keys in KWin: org_kde_kwin_fake_input of plasma-wayland-protocols, which KWin offers where
 * KWIN_WAYLAND_NO_PERMISSION_CHECKS is set.
 */
export class WaylandKeys implements Disposable {
  readonly #socket: Socket;
  readonly #globals = new Map<string, { name: number; version: number }>();
  readonly #waiting = new Map<number, () => void>();
  #next = REGISTRY + 1;
  #fakeInput = 0;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => this.#take(data));
  }

  static async open(env: NodeJS.ProcessEnv): Promise<WaylandKeys> {
    const socket = createConnection(join(env.XDG_RUNTIME_DIR ?? '', env.WAYLAND_DISPLAY ?? 'wayland-0'));
    await once(socket, 'connect');
    const keys = new WaylandKeys(socket);
    keys.#send(DISPLAY, 1, uint(REGISTRY));
    await keys.#sync();
    const global = keys.#globals.get(FAKE_INPUT);
    if (!global) throw new Error('KWin offers no fake input');
    keys.#fakeInput = keys.#next++;
    const version = uint(Math.min(global.version, 4));
    keys.#send(REGISTRY, 0, uint(global.name), string(FAKE_INPUT), version, uint(keys.#fakeInput));
    keys.#send(keys.#fakeInput, 0, string('test'), string('test'));
    await keys.#sync();
    return keys;
  }

  async key(code: number, down: boolean): Promise<void> {
    this.#send(this.#fakeInput, 10, uint(code), uint(down ? 1 : 0));
    await this.#sync();
  }

  /** Presses keys in their order, holds them so long (ms), and lets them go, the last one first. */
  async chord(codes: readonly number[], held = 200): Promise<void> {
    for (const code of codes) await this.key(code, true);
    await delay(held);
    for (const code of codes.toReversed()) await this.key(code, false);
  }

  /** Moves the pointer to a place on the screen, and clicks the left button. */
  async click(x: number, y: number): Promise<void> {
    // From beside it, because a menu or a button wants to see the pointer come.
    for (const offset of [-8, 0]) {
      this.#send(this.#fakeInput, 9, fixed(x + offset), fixed(y + offset));
      await this.#sync();
      await delay(100);
    }
    for (const down of [1, 0]) {
      this.#send(this.#fakeInput, 2, uint(LEFT_BUTTON), uint(down));
      await this.#sync();
      await delay(40);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #send(object: number, opcode: number, ...parts: Buffer[]): void {
    const body = Buffer.concat(parts);
    const header = Buffer.concat([uint(object), uint(((HEADER_BYTES + body.length) << 16) | opcode)]);
    this.#socket.write(Buffer.concat([header, body]));
  }

  /** Resolves when the compositor has done all that was sent. */
  #sync(): Promise<void> {
    const callback = this.#next++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(callback, resolve);
    this.#send(DISPLAY, 0, uint(callback));
    return promise;
  }

  #take(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= HEADER_BYTES) {
      const size = this.#received.readUInt16LE(6);
      if (this.#received.length < size) return;
      const object = this.#received.readUInt32LE(0);
      if (object === REGISTRY) this.#learn(this.#received.subarray(HEADER_BYTES, size));
      this.#waiting.get(object)?.();
      this.#waiting.delete(object);
      this.#received = this.#received.subarray(size);
    }
  }

  /** wl_registry.global: its name, the interface and its version. */
  #learn(body: Buffer): void {
    const length = body.readUInt32LE(4);
    const name = body.toString('utf8', 8, 7 + length);
    this.#globals.set(name, {
      name: body.readUInt32LE(0),
      version: body.readUInt32LE(8 + Math.ceil(length / 4) * 4),
    });
  }
}

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** A wl_fixed: 24 bits before the point, 8 after it. */
function fixed(value: number): Buffer {
  return uint(Math.round(value * 256));
}

function string(text: string): Buffer {
  const raw = Buffer.from(`${text}\0`);
  return Buffer.concat([uint(raw.length), raw, Buffer.alloc((4 - (raw.length % 4)) % 4)]);
}
