import koffi from 'koffi';

const CORE_FOUNDATION = '/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation';
/** kCFStringEncodingUTF8 */
const UTF8 = 0x08000100;
/** Of the names and identifiers that are read, bytes. */
const MOST_TEXT = 1_024;
/** kCFRunLoopRunHandledSource */
const HANDLED_SOURCE = 4;
/** At once; the rest waits for the next time. */
const MOST_PASSES = 64;

/** Strings and the run loop of Core Foundation. After its headers; not run on a Mac. */
export class CoreFoundation {
  readonly #create: (allocator: null, text: string, encoding: number) => number | bigint;
  readonly #read: (text: bigint, buffer: Buffer, size: number, encoding: number) => number;
  readonly #release: (object: bigint) => void;
  readonly #current: () => number | bigint;
  readonly #run: (mode: bigint, seconds: number, once: number) => number;

  /** @throws Error when the library or a function is missing */
  constructor(path = CORE_FOUNDATION) {
    const library = koffi.load(path);
    this.#create = library.func('CFStringCreateWithCString', 'uintptr_t', ['void *', 'str', 'uint32']);
    this.#read = library.func('CFStringGetCString', 'uint8', ['uintptr_t', 'void *', 'long', 'uint32']);
    this.#release = library.func('CFRelease', 'void', ['uintptr_t']);
    this.#current = library.func('CFRunLoopGetCurrent', 'uintptr_t', []);
    this.#run = library.func('CFRunLoopRunInMode', 'int32', ['uintptr_t', 'double', 'uint8']);
  }

  /** Makes a CFString, to be released by the caller. */
  string(text: string): bigint {
    return BigInt(this.#create(null, text, UTF8));
  }

  /** Reads a CFString and releases it; null when it is missing or too long. */
  take(string: bigint): string | null {
    if (string === 0n) return null;
    const buffer = Buffer.alloc(MOST_TEXT);
    const complete = this.#read(string, buffer, buffer.length, UTF8) !== 0;
    this.#release(string);
    return complete ? buffer.toString('utf8', 0, buffer.indexOf(0)) : null;
  }

  release(object: bigint): void {
    this.#release(object);
  }

  /** The run loop of this thread. */
  currentRunLoop(): bigint {
    return BigInt(this.#current());
  }

  /** Delivers what waits in the run loop of this thread, without waiting for more. @param mode a CFString */
  pump(mode: bigint): void {
    // Without time, a pass handles one source.
    for (let pass = 0; pass < MOST_PASSES; pass++) if (this.#run(mode, 0, 1) !== HANDLED_SOURCE) return;
  }
}
