import koffi, { type LibraryHandle, type TypeObject } from 'koffi';
import type { CoreFoundation } from './core-foundation.ts';

const AUDIO_TOOLBOX = '/System/Library/Frameworks/AudioToolbox.framework/AudioToolbox';
/** kAudioQueueProperty_CurrentDevice, 'aqcd'. */
const CURRENT_DEVICE = 0x61716364;
/** AudioStreamBasicDescription: kAudioFormatLinearPCM 'lpcm'; signed integers, packed. */
const FORMAT = { bytes: 40, id: 0x6c70636d, flags: 4 | 8 } as const;
/** AudioQueueBuffer: offsets of mAudioData and mAudioDataByteSize. */
const BUFFER = { bytes: 24, data: 8, size: 16 } as const;
/** Together 320 ms: as long may this process be busy with something else. */
const BUFFERS = 16;
/** Length of a buffer, s. */
const BUFFER_S = 0.02;

/** The functions of AudioQueue.h. After the headers of macOS 14; not run on a Mac. */
export class AudioToolbox {
  readonly foundation: CoreFoundation;
  readonly functions: ReturnType<typeof functionsOf>;
  readonly callback = koffi.pointer(
    koffi.proto('void', ['uintptr_t', 'uintptr_t', 'uintptr_t', 'uintptr_t', 'uint32', 'uintptr_t']),
  );

  /** @throws Error when the library or a function is missing */
  constructor(foundation: CoreFoundation, path = AUDIO_TOOLBOX) {
    this.foundation = foundation;
    this.functions = functionsOf(koffi.load(path), this.callback);
  }
}

function functionsOf(library: LibraryHandle, callback: TypeObject) {
  return {
    newInput: library.func('AudioQueueNewInput', 'int32', [
      'void *',
      callback,
      'uintptr_t',
      'uintptr_t',
      'uintptr_t',
      'uint32',
      'void *',
    ]),
    allocate: library.func('AudioQueueAllocateBuffer', 'int32', ['uintptr_t', 'uint32', 'void *']),
    enqueue: library.func('AudioQueueEnqueueBuffer', 'int32', [
      'uintptr_t',
      'uintptr_t',
      'uint32',
      'uintptr_t',
    ]),
    set: library.func('AudioQueueSetProperty', 'int32', ['uintptr_t', 'uint32', 'void *', 'uint32']),
    start: library.func('AudioQueueStart', 'int32', ['uintptr_t', 'uintptr_t']),
    dispose: library.func('AudioQueueDispose', 'int32', ['uintptr_t', 'uint8']),
  };
}

interface InputOptions {
  /** Hz. macOS converts what the device delivers. */
  sampleRate: number;
  /** UID of the device; null: the default one of the sound settings. */
  device: string | null;
  /** Gets each piece of sound as s16le, mono. The bytes are its own. */
  onSound: (bytes: Buffer) => void;
}

/**
 * A recording through an audio queue. macOS would call back on another thread, which then waits for JavaScript, and
 * ending the queue would wait for that thread. With the run loop of this thread it calls back only inside `pump`, so the
 * owner calls that every few milliseconds.
 */
export class AudioInput {
  readonly #toolbox: AudioToolbox;
  readonly #mode: bigint;
  readonly #callback: bigint;
  #queue = 0n;

  private constructor(toolbox: AudioToolbox, { onSound }: InputOptions) {
    this.#toolbox = toolbox;
    this.#mode = toolbox.foundation.string('io.github.codex-voice');
    const take = (_: unknown, queue: number | bigint, buffer: number | bigint): void => {
      const bytes = bytesOf(BigInt(buffer));
      if (bytes.length > 0) onSound(bytes);
      // Refused while the queue ends.
      toolbox.functions.enqueue(queue, buffer, 0, 0n);
    };
    this.#callback = koffi.register(take, toolbox.callback);
  }

  /** Opens the device and starts to record. @throws Error with the OSStatus of macOS */
  static async start(toolbox: AudioToolbox, options: InputOptions): Promise<AudioInput> {
    const input = new AudioInput(toolbox, options);
    try {
      await input.#start(options);
      return input;
    } catch (error) {
      await input.end();
      throw error;
    }
  }

  /** Delivers the sound that has arrived. */
  pump(): void {
    this.#toolbox.foundation.pump(this.#mode);
  }

  /** Resolves when the device is free. Must not be called from `onSound`. */
  async end(): Promise<void> {
    const queue = this.#queue;
    this.#queue = 0n;
    if (queue !== 0n) {
      // The queue may wait until its last callbacks have returned.
      const pumping = setInterval(() => this.pump(), BUFFER_S * 1_000);
      await inBackground(this.#toolbox.functions.dispose, queue, 1).finally(() => clearInterval(pumping));
    }
    this.#toolbox.foundation.release(this.#mode);
    koffi.unregister(this.#callback);
  }

  async #start({ sampleRate, device }: InputOptions): Promise<void> {
    const { functions, foundation } = this.#toolbox;
    const out = Buffer.alloc(8);
    const loop = foundation.currentRunLoop();
    check(
      'AudioQueueNewInput',
      functions.newInput(formatOf(sampleRate), this.#callback, 0n, loop, this.#mode, 0, out),
    );
    this.#queue = out.readBigUInt64LE();
    if (device !== null) {
      const uid = foundation.string(device);
      const value = Buffer.alloc(8);
      value.writeBigUInt64LE(uid);
      const status = functions.set(this.#queue, CURRENT_DEVICE, value, value.length);
      foundation.release(uid);
      check('AudioQueueSetProperty', status);
    }
    for (let count = 0; count < BUFFERS; count++) {
      const bytes = Math.round(sampleRate * BUFFER_S) * 2;
      check('AudioQueueAllocateBuffer', functions.allocate(this.#queue, bytes, out));
      check('AudioQueueEnqueueBuffer', functions.enqueue(this.#queue, out.readBigUInt64LE(), 0, 0n));
    }
    // A Bluetooth headset takes seconds to open.
    check('AudioQueueStart', await inBackground(functions.start, this.#queue, 0n));
  }
}

function formatOf(sampleRate: number): Buffer {
  const format = Buffer.alloc(FORMAT.bytes);
  format.writeDoubleLE(sampleRate, 0);
  // Format, flags, bytes a packet, frames a packet, bytes a frame, channels, bits a channel.
  for (const [index, word] of [FORMAT.id, FORMAT.flags, 2, 1, 2, 1, 16].entries())
    format.writeUInt32LE(word, 8 + index * 4);
  return format;
}

/** Copies the sound out of an AudioQueueBuffer. */
function bytesOf(buffer: bigint): Buffer {
  const head = Buffer.from(koffi.view(buffer, BUFFER.bytes));
  const size = head.readUInt32LE(BUFFER.size);
  if (size === 0) return Buffer.alloc(0);
  return Buffer.from(new Uint8Array(koffi.view(head.readBigUInt64LE(BUFFER.data), size)));
}

/** Calls a function on another thread. */
function inBackground(
  call: { async(...args: unknown[]): unknown },
  ...args: readonly unknown[]
): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...args, (error: unknown, result: number) => (error ? reject(error) : resolve(result)));
  });
}

function check(name: string, status: number): void {
  if (status !== 0) throw new Error(`${name} failed with ${status}`);
}
