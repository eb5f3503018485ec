import koffi from 'koffi';

/** The runtime of Objective-C. Tests name a library with the same functions. */
const RUNTIME = '/usr/lib/libobjc.A.dylib';

type Send = (receiver: bigint, selector: bigint, ...args: (bigint | Buffer)[]) => number | bigint;

/** Sends messages to objects of macOS. @throws Error when the runtime or a framework is missing */
export class ObjectiveC {
  readonly #class: (name: string) => number | bigint;
  readonly #selector: (name: string) => number | bigint;
  readonly #send: Send;
  readonly #sendWith: Send;
  readonly #sendText: (receiver: bigint, selector: bigint) => string | null;

  /** @param frameworks paths of the libraries with the classes that are used */
  constructor(frameworks: readonly string[], runtime = RUNTIME) {
    for (const path of frameworks) koffi.load(path);
    const library = koffi.load(runtime);
    this.#class = library.func('objc_getClass', 'uintptr_t', ['str']);
    this.#selector = library.func('sel_registerName', 'uintptr_t', ['str']);
    // Each form of a message has its own signature: it is not a variadic function (objc/message.h).
    this.#send = library.func('objc_msgSend', 'uintptr_t', ['uintptr_t', 'uintptr_t']);
    this.#sendWith = library.func('objc_msgSend', 'uintptr_t', ['uintptr_t', 'uintptr_t', 'uintptr_t']);
    this.#sendText = library.func('objc_msgSend', 'str', ['uintptr_t', 'uintptr_t']);
  }

  /** Returns a class; 0n when no loaded framework has it. */
  classOf(name: string): bigint {
    return BigInt(this.#class(name));
  }

  /** Sends a message with at most one argument, and returns its result: an object or a number. */
  send(receiver: bigint, selector: string, argument?: bigint): bigint {
    const name = BigInt(this.#selector(selector));
    return BigInt(
      argument === undefined ? this.#send(receiver, name) : this.#sendWith(receiver, name, argument),
    );
  }

  /** Reads a property that is a string; null when it is nil. */
  text(receiver: bigint, selector: string): string | null {
    const object = this.send(receiver, selector);
    return object === 0n ? null : this.#sendText(object, BigInt(this.#selector('UTF8String')));
  }
}
