import koffi from 'koffi';
import type { CoreFoundation } from './core-foundation.ts';

const CORE_AUDIO = '/System/Library/Frameworks/CoreAudio.framework/CoreAudio';
/** AudioHardware.h, AudioHardwareBase.h: kAudioObjectSystemObject, and four-character codes. */
const SYSTEM = 1;
const GLOBAL = 0x676c6f62; // 'glob'
const INPUT = 0x696e7074; // 'inpt'
const DEFAULT_INPUT = 0x64496e20; // 'dIn '
const DEVICES = 0x64657623; // 'dev#'
const STREAMS = 0x73746d23; // 'stm#'
const NAME = 0x6c6e616d; // 'lnam'
const UID = 0x75696420; // 'uid '

/** A device that records. */
export interface AudioDevice {
  /** AudioObjectID: it changes when the device is plugged in again. */
  id: number;
  /** It stays the same. */
  uid: string;
  /** As the sound settings call it. */
  name: string;
}

type GetSize = (
  object: number,
  address: Buffer,
  qualifierSize: number,
  qualifier: null,
  size: Buffer,
) => number;
type GetData = (
  object: number,
  address: Buffer,
  qualifierSize: number,
  qualifier: null,
  size: Buffer,
  data: Buffer,
) => number;

/** The recording devices of macOS, by the properties of Core Audio. After its headers; not run on a Mac. */
export class CoreAudio {
  readonly #foundation: CoreFoundation;
  readonly #size: GetSize;
  readonly #data: GetData;

  /** @throws Error when the library or a function is missing */
  constructor(foundation: CoreFoundation, path = CORE_AUDIO) {
    this.#foundation = foundation;
    const library = koffi.load(path);
    const before = ['uint32', 'void *', 'uint32', 'void *', 'void *'];
    this.#size = library.func('AudioObjectGetPropertyDataSize', 'int32', before);
    this.#data = library.func('AudioObjectGetPropertyData', 'int32', [...before, 'void *']);
  }

  /** Every device that records. */
  devices(): AudioDevice[] {
    const ids = this.#property(SYSTEM, DEVICES);
    const numbers = Array.from({ length: ids.length >> 2 }, (_, index) => ids.readUInt32LE(index * 4));
    return numbers
      .filter((id) => this.#sizeOf(id, STREAMS, INPUT) > 0)
      .map((id) => this.#device(id))
      .filter((device) => device !== null);
  }

  /** AudioObjectID of the device that the sound settings name; 0: there is none. */
  defaultInput(): number {
    const id = this.#property(SYSTEM, DEFAULT_INPUT);
    return id.length === 4 ? id.readUInt32LE() : 0;
  }

  #device(id: number): AudioDevice | null {
    const uid = this.#text(id, UID);
    return uid === null ? null : { id, uid, name: this.#text(id, NAME) ?? uid };
  }

  #text(object: number, selector: number): string | null {
    const pointer = this.#property(object, selector);
    return pointer.length === 8 ? this.#foundation.take(pointer.readBigUInt64LE()) : null;
  }

  /** Empty when the object has no such property, or is gone. */
  #property(object: number, selector: number): Buffer {
    const data = Buffer.alloc(this.#sizeOf(object, selector, GLOBAL));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(data.length);
    const status = this.#data(object, addressOf(selector, GLOBAL), 0, null, size, data);
    return status === 0 ? data.subarray(0, size.readUInt32LE()) : Buffer.alloc(0);
  }

  #sizeOf(object: number, selector: number, scope: number): number {
    const size = Buffer.alloc(4);
    const status = this.#size(object, addressOf(selector, scope), 0, null, size);
    return status === 0 ? size.readUInt32LE() : 0;
  }
}

/** AudioObjectPropertyAddress: selector, scope, and the main element 0. */
function addressOf(selector: number, scope: number): Buffer {
  const address = Buffer.alloc(12);
  address.writeUInt32LE(selector, 0);
  address.writeUInt32LE(scope, 4);
  return address;
}
