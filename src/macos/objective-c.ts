import koffi from 'koffi';

/** The runtime of Objective-C. Tests name a library with the same functions. */
const RUNTIME = '/usr/lib/libobjc.A.dylib';

/** Sends messages to objects of macOS. @throws Error when the runtime or a framework is missing */
export class ObjectiveC {
  readonly #class: (name: string) => number | bigint;
  readonly #selector: (name: string) => number | bigint;
  readonly #send: (receiver: bigint, selector: bigint, argument: bigint) => number | bigint;

  /** @param frameworks paths of the libraries with the classes that are used */
  constructor(frameworks: readonly string[], runtime = RUNTIME) {
    for (const path of frameworks) koffi.load(path);
    const library = koffi.load(runtime);
    this.#class = library.func('objc_getClass', 'uintptr_t', ['str']);
    this.#selector = library.func('sel_registerName', 'uintptr_t', ['str']);
    // Each form of a message has its own signature: it is not a variadic function (objc/message.h).
    this.#send = library.func('objc_msgSend', 'uintptr_t', ['uintptr_t', 'uintptr_t', 'uintptr_t']);
  }

  /** Returns a class; 0n when no loaded framework has it. */
  classOf(name: string): bigint {
    return BigInt(this.#class(name));
  }

  /** Sends a message with one argument, and returns its result: an object or a number. */
  send(receiver: bigint, selector: string, argument: bigint): bigint {
    return BigInt(this.#send(receiver, BigInt(this.#selector(selector)), argument));
  }
}
