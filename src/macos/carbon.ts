import koffi from 'koffi';

/** The framework of macOS. Tests name a library with the same functions. */
const CARBON = '/System/Library/Frameworks/Carbon.framework/Carbon';

/** Constants of HIToolbox: CarbonEvents.h, CarbonEventsCore.h. */
const KEYBOARD_CLASS = 0x6b657962; // 'keyb'
const PRESSED = 5;
const RELEASED = 6;
const DIRECT_OBJECT = 0x2d2d2d2d; // '----'
const HOT_KEY_ID = 0x686b6964; // 'hkid'
const TIMED_OUT = -9875;
const QUIT = -9876;
/** Fails when another program has the key exclusively, instead of sharing it silently. */
const EXCLUSIVE = 1;
/** Marks our keys: 'cdxv'. */
const SIGNATURE = 0x63647876;

/** A handle of Carbon. */
export type KeyRef = bigint;

interface HotKeyId {
  signature: number;
  id: number;
}

/** A hot key was pressed or released. */
interface KeyEvent {
  id: number;
  pressed: boolean;
}

/**
 * Hot keys of macOS, which need no permission. To be used on the main thread of a process, which Carbon requires.
 * After the headers of macOS 14; not run on a Mac.
 */
export class CarbonKeys {
  readonly #register: (
    code: number,
    modifiers: number,
    id: HotKeyId,
    target: bigint,
    options: number,
    ref: Buffer,
  ) => number;
  readonly #unregister: (ref: bigint) => number;
  readonly #receive: (count: number, types: Buffer, seconds: number, pull: number, event: Buffer) => number;
  readonly #kind: (event: bigint) => number;
  readonly #parameter: (
    event: bigint,
    name: number,
    type: number,
    actual: null,
    size: number,
    actualSize: null,
    data: Buffer,
  ) => number;
  readonly #send: (event: bigint, target: bigint) => number;
  readonly #free: (event: bigint) => void;
  readonly #target: bigint;
  /** Two EventTypeSpec: a class and a kind. */
  readonly #types = Buffer.alloc(16);

  /** @throws Error when the library or a function is missing */
  constructor(path = CARBON) {
    const carbon = koffi.load(path);
    const id = koffi.struct({ signature: 'uint32', id: 'uint32' });
    this.#register = carbon.func('RegisterEventHotKey', 'int32', [
      'uint32',
      'uint32',
      id,
      'uintptr_t',
      'uint32',
      'void *',
    ]);
    this.#unregister = carbon.func('UnregisterEventHotKey', 'int32', ['uintptr_t']);
    this.#receive = carbon.func('ReceiveNextEvent', 'int32', [
      'unsigned long',
      'void *',
      'double',
      'uint8',
      'void *',
    ]);
    this.#kind = carbon.func('GetEventKind', 'uint32', ['uintptr_t']);
    this.#parameter = carbon.func('GetEventParameter', 'int32', [
      'uintptr_t',
      'uint32',
      'uint32',
      'void *',
      'unsigned long',
      'void *',
      'void *',
    ]);
    this.#send = carbon.func('SendEventToEventTarget', 'int32', ['uintptr_t', 'uintptr_t']);
    this.#free = carbon.func('ReleaseEvent', 'void', ['uintptr_t']);
    this.#target = BigInt(carbon.func('GetEventDispatcherTarget', 'uintptr_t', [])());
    for (const [index, word] of [KEYBOARD_CLASS, PRESSED, KEYBOARD_CLASS, RELEASED].entries())
      this.#types.writeUInt32LE(word, index * 4);
  }

  /**
   * Takes a key from every app.
   * @param code virtual key code, kVK_*
   * @param modifiers cmdKey and others of Events.h
   * @param id what its events will carry
   * @returns the handle, or the OSStatus of the refusal
   */
  register(code: number, modifiers: number, id: number): KeyRef | { refused: number } {
    const ref = Buffer.alloc(8);
    const mark = { signature: SIGNATURE, id };
    const status = this.#register(code, modifiers, mark, this.#target, EXCLUSIVE, ref);
    return status === 0 ? ref.readBigUInt64LE() : { refused: status };
  }

  unregister(ref: KeyRef): void {
    this.#unregister(ref);
  }

  /**
   * Waits for an event of our keys and blocks this thread meanwhile. Events of other keys are passed on.
   * @returns null after `seconds`
   * @throws Error when the event loop has ended or failed
   */
  next(seconds: number): KeyEvent | null {
    const out = Buffer.alloc(8);
    const status = this.#receive(2, this.#types, seconds, 1, out);
    if (status === TIMED_OUT) return null;
    if (status === QUIT) throw new Error('the event loop of macOS has ended');
    if (status !== 0) throw new Error(`ReceiveNextEvent failed with ${status}`);
    const event = out.readBigUInt64LE();
    try {
      const id = Buffer.alloc(8);
      const found = this.#parameter(event, DIRECT_OBJECT, HOT_KEY_ID, null, id.length, null, id);
      if (found === 0 && id.readUInt32LE(0) === SIGNATURE)
        return { id: id.readUInt32LE(4), pressed: this.#kind(event) === PRESSED };
      this.#send(event, this.#target);
      return null;
    } finally {
      this.#free(event);
    }
  }
}
