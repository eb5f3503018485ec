import type { InputQueue, QueueMessage } from '../../src/win32/user32.ts';

const WM_HOTKEY = 0x312;
const ALREADY_REGISTERED = 1409;

/** The keyboard and the mouse of Windows without either. Keys are virtual-key codes. */
export class FakeInputQueue implements InputQueue {
  readonly thread = 42;
  /** What is registered: id -> modifiers (without MOD_NOREPEAT) and key. */
  readonly registered = new Map<number, { modifiers: number; key: number }>();
  /** Keys that another program has, as `modifiers/key`. */
  readonly taken = new Set<string>();
  readonly down = new Set<number>();
  readonly messages: QueueMessage[] = [];
  /** The limits of `wait`, ms. */
  readonly waits: (number | null)[] = [];
  hooked = false;
  /** Why the mouse hook is refused. */
  hookError: Error | null = null;
  #take: ((message: number, data: number) => boolean) | null = null;

  register(id: number, modifiers: number, key: number): number {
    const wanted = { modifiers: modifiers & ~0x4000, key };
    if (this.taken.has(`${wanted.modifiers}/${key}`)) return ALREADY_REGISTERED;
    this.registered.set(id, wanted);
    return 0;
  }

  unregister(id: number): void {
    this.registered.delete(id);
  }

  wait(milliseconds: number | null): void {
    this.waits.push(milliseconds);
  }

  next(): QueueMessage | null {
    return this.messages.shift() ?? null;
  }

  isDown(key: number): boolean {
    return this.down.has(key);
  }

  /** An American keyboard, as far as the tests need it. */
  keyFor(character: string): { key: number; shift: boolean; ctrl: boolean; alt: boolean } | null {
    const keys: Readonly<Record<string, number>> = { '+': 0xbb, '=': 0xbb, ',': 0xbc };
    const key = keys[character];
    return key === undefined ? null : { key, shift: character === '+', ctrl: false, alt: false };
  }

  hookMouse(take: (message: number, data: number) => boolean): () => void {
    if (this.hookError !== null) throw this.hookError;
    this.hooked = true;
    this.#take = take;
    return () => {
      this.hooked = false;
      this.#take = null;
    };
  }

  /** Presses a registered key: Windows posts its message. */
  hotkey(modifiers: number, key: number): QueueMessage | null {
    for (const [id, known] of this.registered)
      if (known.modifiers === modifiers && known.key === key) return { message: WM_HOTKEY, wParam: id };
    return null;
  }

  /** Returns true if the event is kept from the apps. */
  mouse(message: number, data = 0): boolean {
    return this.#take?.(message, data) ?? false;
  }
}
