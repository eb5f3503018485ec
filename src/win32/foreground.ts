import koffi from 'koffi';
import { closeHandle, openProcess, PROCESS_QUERY_LIMITED_INFORMATION } from './processes.ts';

/** The window with the keyboard. Its title is untrusted. */
export interface ForegroundWindow {
  title: string;
  className: string;
  /** Its process; of a console window the program inside. */
  pid: number;
  /** Path of the process's program; null: it is not known. */
  program: string | null;
}

/** Longer titles are cut, UTF-16 units. */
const MOST_TEXT = 4_096;
/** The longest path of Windows, UTF-16 units. */
const MOST_PATH = 32_768;

const user32 = koffi.load('user32.dll');
const kernel32 = koffi.load('kernel32.dll');
const foreground = user32.func('intptr_t __stdcall GetForegroundWindow()');
const processOf = user32.func('uint32_t __stdcall GetWindowThreadProcessId(intptr_t window, void *pid)');
// For a window of another process, no message is sent: it cannot hang.
const textOf = user32.func('int __stdcall GetWindowTextW(intptr_t window, void *text, int length)');
const classOf = user32.func('int __stdcall GetClassNameW(intptr_t window, void *text, int length)');
const imageOf = kernel32.func(
  'bool __stdcall QueryFullProcessImageNameW(intptr_t process, uint32_t flags, void *path, void *length)',
);

/** Returns the window with the keyboard; null: there is none, as while the screen is locked. */
export function foregroundWindow(): ForegroundWindow | null {
  const window = foreground() as number | bigint;
  if (Number(window) === 0) return null;
  const pid = Buffer.alloc(4);
  if ((processOf(window, pid) as number) === 0) return null; // It was closed meanwhile.
  const text = Buffer.alloc(2 * MOST_TEXT);
  const read = (length: number): string => text.toString('utf16le', 0, 2 * length);
  const title = read(textOf(window, text, MOST_TEXT) as number);
  const className = read(classOf(window, text, MOST_TEXT) as number);
  const id = pid.readUInt32LE();
  return { title, className, pid: id, program: programOf(id) };
}

function programOf(pid: number): string | null {
  const process = openProcess(pid, PROCESS_QUERY_LIMITED_INFORMATION);
  if (process === null) return null;
  try {
    const path = Buffer.alloc(2 * MOST_PATH);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(MOST_PATH);
    if (!imageOf(process, 0, path, length)) return null;
    return path.toString('utf16le', 0, 2 * length.readUInt32LE());
  } finally {
    closeHandle(process);
  }
}
