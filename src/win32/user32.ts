import koffi from 'koffi';

/**
 * The keyboard, the mouse and the message queue of a thread on Windows. All of it belongs to the thread that calls it.
 * Names and numbers are those of winuser.h.
 */
export interface InputQueue {
  /** Identifier of this thread, for `postThreadMessage`. */
  readonly thread: number;
  /** RegisterHotKey. @returns 0, or the error code of Windows */
  register(id: number, modifiers: number, key: number): number;
  /** UnregisterHotKey; harmless for an id that is not registered. */
  unregister(id: number): void;
  /** Waits until there is a message or the time is over. @param milliseconds null: without a limit */
  wait(milliseconds: number | null): void;
  /** Removes the next message from the queue; null: there is none. Hooks of this thread run during the call. */
  next(): QueueMessage | null;
  /** GetAsyncKeyState: true while a key or a mouse button is down. */
  isDown(key: number): boolean;
  /** VkKeyScanW: the key that writes a character in this keyboard layout, and the modifiers it needs; null: none. */
  keyFor(character: string): { key: number; shift: boolean; ctrl: boolean; alt: boolean } | null;
  /**
   * Sees the mouse buttons before every app (WH_MOUSE_LL). The callback runs in `next()`; Windows waits for it.
   * @param take returns true to keep the event from all apps
   * @returns removes the hook
   * @throws Error when Windows refuses it
   */
  hookMouse(take: (message: number, data: number) => boolean): () => void;
}

export interface QueueMessage {
  message: number;
  wParam: number;
}

const QS_ALLINPUT = 0x4ff;
const INFINITE = 0xffff_ffff;
const PM_REMOVE = 1;
const WH_MOUSE_LL = 14;
const WM_MOUSEMOVE = 0x200;

const user32 = koffi.load('user32.dll');
const kernel32 = koffi.load('kernel32.dll');

const POST = user32.func(
  'bool __stdcall PostThreadMessageW(uint32_t thread, uint32_t message, uintptr_t w, intptr_t l)',
);

/** Puts a message into the queue of a thread. @returns false when the thread has ended or has no queue */
export function postThreadMessage(thread: number, message: number, wParam = 0): boolean {
  return POST(thread, message, wParam, 0);
}

/** Makes the message queue of this thread. */
export function openInputQueue(): InputQueue {
  const MSG = koffi.struct({
    hwnd: 'void *',
    message: 'uint32_t',
    wParam: 'uintptr_t',
    lParam: 'intptr_t',
    time: 'uint32_t',
    x: 'int32_t',
    y: 'int32_t',
  });
  const MOUSE = koffi.struct({
    x: 'int32_t',
    y: 'int32_t',
    mouseData: 'uint32_t',
    flags: 'uint32_t',
    time: 'uint32_t',
    extra: 'uintptr_t',
  });
  const MOUSE_PROC = koffi.proto(
    'intptr_t __stdcall LowLevelMouseProc(int code, uintptr_t message, void *event)',
  );
  const register = user32.func(
    'bool __stdcall RegisterHotKey(void *window, int id, uint32_t modifiers, uint32_t key)',
  );
  const unregister = user32.func('bool __stdcall UnregisterHotKey(void *window, int id)');
  const peek = user32.func('__stdcall', 'PeekMessageW', 'bool', [
    koffi.out(koffi.pointer(MSG)),
    'void *',
    'uint32_t',
    'uint32_t',
    'uint32_t',
  ]);
  const wait = user32.func(
    'uint32_t __stdcall MsgWaitForMultipleObjects(uint32_t count, void *handles, bool all, uint32_t ms, uint32_t mask)',
  );
  const keyState = user32.func('int16_t __stdcall GetAsyncKeyState(int key)');
  const scan = user32.func('int16_t __stdcall VkKeyScanW(uint16_t character)');
  const hook = user32.func('__stdcall', 'SetWindowsHookExW', 'void *', [
    'int',
    koffi.pointer(MOUSE_PROC),
    'void *',
    'uint32_t',
  ]);
  const unhook = user32.func('bool __stdcall UnhookWindowsHookEx(void *hook)');
  const callNext = user32.func(
    'intptr_t __stdcall CallNextHookEx(void *hook, int code, uintptr_t message, void *event)',
  );
  const lastError = kernel32.func('uint32_t __stdcall GetLastError()');
  const moduleHandle = kernel32.func('void * __stdcall GetModuleHandleW(void *name)');
  const message = { message: 0, wParam: 0 };
  // The first call makes the queue: without one no message can be posted to this thread.
  peek(message, null, 0, 0, 0);
  return {
    thread: kernel32.func('uint32_t __stdcall GetCurrentThreadId()')(),
    register: (id, modifiers, key) => (register(null, id, modifiers, key) ? 0 : lastError()),
    unregister: (id) => void unregister(null, id),
    wait: (milliseconds) => void wait(0, null, false, milliseconds ?? INFINITE, QS_ALLINPUT),
    next() {
      if (!peek(message, null, 0, 0, PM_REMOVE)) return null;
      return { message: message.message, wParam: Number(message.wParam) };
    },
    isDown: (key) => (keyState(key) & 0x8000) !== 0,
    keyFor(character) {
      const found = scan(character.charCodeAt(0));
      if (found === -1) return null;
      const state = found >> 8;
      const [shift, ctrl, alt] = [1, 2, 4].map((bit) => (state & bit) !== 0);
      return { key: found & 0xff, shift: shift === true, ctrl: ctrl === true, alt: alt === true };
    },
    hookMouse(take) {
      const proc = koffi.register((code: number, what: number | bigint, event: unknown): number | bigint => {
        const kind = Number(what);
        // Most events are moves.
        if (code === 0 && kind !== WM_MOUSEMOVE) {
          const { mouseData } = koffi.decode(event, MOUSE) as { mouseData: number };
          if (take(kind, mouseData >>> 16)) return 1;
        }
        return callNext(null, code, what, event);
      }, koffi.pointer(MOUSE_PROC));
      const handle = hook(WH_MOUSE_LL, proc, moduleHandle(null), 0);
      if (handle === null) {
        const code = lastError();
        koffi.unregister(proc);
        throw new Error(`Windows refuses the mouse hook (error ${code})`);
      }
      return () => {
        unhook(handle);
        koffi.unregister(proc);
      };
    },
  };
}
