import koffi from 'koffi';

/** What the user did with a balloon, or what became of it. */
export type BalloonEvent = 'click' | 'timeout' | 'hidden';

/** Texts of a balloon; Windows shows 63 and 255 UTF-16 units of them. */
export interface BalloonText {
  title: string;
  text: string;
}

/** The icon of this program in the notification area, which carries one balloon at a time. */
export interface BalloonIcon {
  /** Shows a balloon, in place of the one before. Returns false when Windows does not take it. */
  show(balloon: BalloonText): boolean;
  /** Removes the icon, and its balloon with it. */
  remove(): void;
  /** Removes everything. */
  close(): void;
}

/** Length of the texts in NOTIFYICONDATAW, UTF-16 units without the final zero. */
const BALLOON_LIMITS = { title: 63, text: 255 } as const;

/** Layout of NOTIFYICONDATAW on 64-bit Windows (shellapi.h), bytes. */
const DATA = {
  bytes: 976,
  window: 8,
  id: 16,
  flags: 20,
  message: 24,
  icon: 32,
  tip: 40,
  text: 304,
  version: 816,
  title: 820,
  textFlags: 948,
  balloonIcon: 968,
} as const;
const NIM_ADD = 0;
const NIM_MODIFY = 1;
const NIM_DELETE = 2;
const NIM_SETVERSION = 4;
/** NIF_MESSAGE, NIF_ICON, NIF_TIP, NIF_INFO and NIF_SHOWTIP. */
const FLAGS = 0x1 | 0x2 | 0x4 | 0x10 | 0x80;
/** NIIF_USER, NIIF_NOSOUND (this program has its own sounds) and NIIF_LARGE_ICON. */
const TEXT_FLAGS = 0x4 | 0x10 | 0x20;
const NOTIFYICON_VERSION_4 = 4;
/** WM_APP: what the icon reports arrives as this message. */
const REPORT = 0x8000;
/** NIN_SELECT, which is a click on the icon, and NIN_BALLOON...: the low word of lParam. */
const EVENTS: Readonly<Record<number, BalloonEvent>> = {
  1024: 'click',
  1027: 'hidden',
  1028: 'timeout',
  1029: 'click',
};
const IMAGE_ICON = 1;
/** LR_LOADFROMFILE and LR_DEFAULTSIZE. */
const FROM_FILE = 0x10 | 0x40;
/** The parent of a window that gets messages and nothing else. */
const HWND_MESSAGE = -3n;
const PM_REMOVE = 1;
/** sizeof(MSG), bytes. */
const MESSAGE_BYTES = 48;
/** Interval at which messages are fetched while a balloon is shown, ms. */
const EVERY_MS = 100;

/** A number of the size of a pointer, as koffi returns it. */
type Word = bigint | number;

const PROCEDURE = koffi.proto(
  'intptr_t __stdcall CodexVoiceWindow(intptr_t window, uint32_t message, uintptr_t first, intptr_t second)',
);
const WNDCLASSW = koffi.struct({
  style: 'uint32_t',
  procedure: koffi.pointer(PROCEDURE),
  classExtra: 'int',
  windowExtra: 'int',
  instance: 'intptr_t',
  icon: 'intptr_t',
  cursor: 'intptr_t',
  background: 'intptr_t',
  menu: 'str16',
  name: 'str16',
});

/** The functions of user32.dll and shell32.dll that a balloon needs. */
function systemCalls() {
  const user32 = koffi.load('user32.dll');
  const shell32 = koffi.load('shell32.dll');
  const kernel32 = koffi.load('kernel32.dll');
  return {
    moduleHandle: kernel32.func('__stdcall', 'GetModuleHandleW', 'intptr_t', ['void *']),
    registerClass: user32.func('__stdcall', 'RegisterClassW', 'uint16_t', [koffi.pointer(WNDCLASSW)]),
    unregisterClass: user32.func('__stdcall', 'UnregisterClassW', 'bool', ['str16', 'intptr_t']),
    createWindow: user32.func('__stdcall', 'CreateWindowExW', 'intptr_t', [
      ...['uint32_t', 'str16', 'str16', 'uint32_t', 'int', 'int', 'int', 'int'],
      ...['intptr_t', 'intptr_t', 'intptr_t', 'void *'],
    ]),
    destroyWindow: user32.func('__stdcall', 'DestroyWindow', 'bool', ['intptr_t']),
    defaultProcedure: user32.func('__stdcall', 'DefWindowProcW', 'intptr_t', [
      ...['intptr_t', 'uint32_t', 'uintptr_t', 'intptr_t'],
    ]),
    peekMessage: user32.func('__stdcall', 'PeekMessageW', 'bool', [
      ...['void *', 'intptr_t', 'uint32_t', 'uint32_t', 'uint32_t'],
    ]),
    dispatchMessage: user32.func('__stdcall', 'DispatchMessageW', 'intptr_t', ['void *']),
    loadImage: user32.func('__stdcall', 'LoadImageW', 'intptr_t', [
      ...['intptr_t', 'str16', 'uint32_t', 'int', 'int', 'uint32_t'],
    ]),
    destroyIcon: user32.func('__stdcall', 'DestroyIcon', 'bool', ['intptr_t']),
    notifyIcon: shell32.func('__stdcall', 'Shell_NotifyIconW', 'bool', ['uint32_t', 'void *']),
  };
}

/**
 * Opens the icon, which is in the notification area only while it has a balloon. Messages of its window are fetched in
 * this thread by a timer. Written after the documentation of Shell_NotifyIconW; verified with Wine 8.0, not on Windows.
 * @param image absolute path of an .ico file
 * @throws Error when Windows refuses a window
 */
export function openBalloonIcon(image: string, onEvent: (event: BalloonEvent) => void): BalloonIcon {
  const call = systemCalls();
  const name = `codex-voice-balloon-${process.pid}`;
  const module: Word = call.moduleHandle(null);
  const procedure = koffi.register((window: Word, message: number, first: Word, second: Word): Word => {
    if (message !== REPORT) return call.defaultProcedure(window, message, first, second);
    const event = EVENTS[Number(second) & 0xffff];
    // Not at once: what it does may remove this window.
    if (event !== undefined) setImmediate(onEvent, event);
    return 0;
  }, koffi.pointer(PROCEDURE));
  const empty = { style: 0, classExtra: 0, windowExtra: 0, icon: 0, cursor: 0, background: 0, menu: null };
  call.registerClass({ ...empty, procedure, instance: module, name });
  const window: Word = call.createWindow(0, name, name, 0, 0, 0, 0, 0, HWND_MESSAGE, 0, module, null);
  const end = (): void => {
    call.unregisterClass(name, module);
    koffi.unregister(procedure);
  };
  if (!window) {
    end();
    throw new Error('Windows gave no window for balloons');
  }
  const icon: Word = call.loadImage(0, image, IMAGE_ICON, 0, 0, FROM_FILE);
  const message = Buffer.alloc(MESSAGE_BYTES);
  let timer: NodeJS.Timeout | undefined;
  const fetchMessages = (): void => {
    while (call.peekMessage(message, window, 0, 0, PM_REMOVE)) call.dispatchMessage(message);
  };
  const data = ({ title, text }: BalloonText): Buffer => iconData(BigInt(window), BigInt(icon), title, text);
  const remove = (): void => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    call.notifyIcon(NIM_DELETE, data({ title: '', text: '' }));
  };
  return {
    show: (balloon) => {
      if (timer === undefined) {
        const bytes = data({ title: '', text: '' });
        if (!call.notifyIcon(NIM_ADD, bytes)) return false;
        call.notifyIcon(NIM_SETVERSION, bytes);
        timer = setInterval(fetchMessages, EVERY_MS);
        timer.unref();
      }
      return call.notifyIcon(NIM_MODIFY, data(balloon));
    },
    remove,
    close: () => {
      remove();
      call.destroyWindow(window);
      if (icon) call.destroyIcon(icon);
      end();
    },
  };
}

/** The argument of Shell_NotifyIconW. @param window,icon handles */
function iconData(window: bigint, icon: bigint, title: string, text: string): Buffer {
  const data = Buffer.alloc(DATA.bytes);
  const write = (words: string, at: number, units: number): void =>
    void data.write(words.slice(0, units), at, 'utf16le');
  data.writeUInt32LE(DATA.bytes, 0);
  data.writeBigInt64LE(window, DATA.window);
  data.writeUInt32LE(1, DATA.id);
  data.writeUInt32LE(FLAGS, DATA.flags);
  data.writeUInt32LE(REPORT, DATA.message);
  data.writeBigInt64LE(icon, DATA.icon);
  write('codex-voice', DATA.tip, 127);
  write(text, DATA.text, BALLOON_LIMITS.text);
  data.writeUInt32LE(NOTIFYICON_VERSION_4, DATA.version);
  write(title, DATA.title, BALLOON_LIMITS.title);
  data.writeUInt32LE(TEXT_FLAGS, DATA.textFlags);
  data.writeBigInt64LE(icon, DATA.balloonIcon);
  return data;
}
