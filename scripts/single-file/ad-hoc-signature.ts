import { createHash } from 'node:crypto';
import { readMachO, withRoomForSignature } from './mach-o.ts';

/** Magic numbers and versions of xnu's osfmk/kern/cs_blobs.h. All numbers of a signature are big-endian. */
const MAGIC = {
  superBlob: 0xfade0cc0,
  codeDirectory: 0xfade0c02,
  requirements: 0xfade0c01,
  entitlements: 0xfade7171,
  derEntitlements: 0xfade7172,
  cms: 0xfade0b01,
} as const;
const SLOT = { infoPlist: 1, requirements: 2, resources: 3, entitlements: 5, derEntitlements: 7 } as const;
/** Index entries of a super blob that are no special slots. */
const INDEX = { codeDirectory: 0, cms: 0x10000 } as const;
/** The first version with the limits of the executable segment, and the length of its header. */
const VERSION = 0x20400;
const HEADER_BYTES = 88;
const CS_ADHOC = 0x2;
const CS_EXECSEG_MAIN_BINARY = 1n;
const SHA256 = { type: 2, bytes: 32 } as const;
/** 4 KiB, as codesign and Apple's linker use: log2. */
const PAGE_BITS = 12;

export interface SignatureParts {
  /** CFBundleIdentifier. */
  identifier: string;
  /** The files of the bundle around it that the signature covers; none: the file is no part of a bundle. */
  bundle?: { infoPlist: Buffer; codeResources: Buffer };
  /** Property list of the entitlements, and their names: each of them is true. */
  entitlementsPlist: Buffer;
  entitlements: readonly string[];
}

/**
 * Signs a 64-bit Mach-O file ad hoc, as `codesign --sign -` does: without a certificate, and without the hardened
 * runtime. Apple's processors run nothing that is not signed. Written after cs_blobs.h; test/single-file/ compares the
 * parts with the signature of an official Node, and macOS has not yet verified a result.
 * @throws BuildError when the file is not a Mach-O file, or cannot take a signature
 */
export function signAdHoc(program: Buffer, parts: SignatureParts): Buffer {
  // The size depends on the number of pages alone, so a first pass finds it.
  const { offset, file: draft } = withRoomForSignature(program, 0);
  const size = Math.ceil(signature(draft, offset, parts).length / 16) * 16;
  const { file } = withRoomForSignature(program, size);
  signature(file, offset, parts).copy(file, offset);
  return file;
}

/**
 * Returns the identifier of a signed file: the first 20 bytes of the hash of its code directory (TN3126).
 * @param signed a file of `signAdHoc`
 */
export function cdHash(signed: Buffer): Buffer {
  const start = readMachO(signed).signature?.offset ?? 0;
  // The code directory is the first blob of the super blob.
  const directory = start + signed.readUInt32BE(start + 16);
  return sha256(signed.subarray(directory, directory + signed.readUInt32BE(directory + 4))).subarray(0, 20);
}

/** The signature of everything before `limit`. */
function signature(file: Buffer, limit: number, parts: SignatureParts): Buffer {
  const requirements = blob(MAGIC.requirements, Buffer.alloc(4));
  const entitlements = blob(MAGIC.entitlements, parts.entitlementsPlist);
  const der = blob(MAGIC.derEntitlements, derEntitlements(parts.entitlements));
  const special = new Map<number, Buffer>([
    [SLOT.requirements, requirements],
    [SLOT.entitlements, entitlements],
    [SLOT.derEntitlements, der],
  ]);
  if (parts.bundle) {
    special.set(SLOT.infoPlist, parts.bundle.infoPlist);
    special.set(SLOT.resources, parts.bundle.codeResources);
  }
  return superBlob([
    [INDEX.codeDirectory, codeDirectory(file, limit, parts.identifier, special)],
    [SLOT.requirements, requirements],
    [SLOT.entitlements, entitlements],
    [SLOT.derEntitlements, der],
    [INDEX.cms, blob(MAGIC.cms, Buffer.alloc(0))],
  ]);
}

function codeDirectory(
  file: Buffer,
  limit: number,
  identifier: string,
  special: ReadonlyMap<number, Buffer>,
): Buffer {
  const name = Buffer.from(`${identifier}\0`);
  const slots = Math.max(...special.keys());
  const pages = pageHashes(file, limit, 2 ** PAGE_BITS);
  const hashes = HEADER_BYTES + name.length + slots * SHA256.bytes;
  const directory = Buffer.alloc(hashes + pages.length * SHA256.bytes);
  const text = readMachO(file).segments.get('__TEXT');
  const words = [
    MAGIC.codeDirectory,
    directory.length,
    VERSION,
    CS_ADHOC,
    hashes,
    HEADER_BYTES,
    slots,
    pages.length,
    limit,
  ];
  for (const [index, word] of words.entries()) directory.writeUInt32BE(word, index * 4);
  directory.set([SHA256.bytes, SHA256.type, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(BigInt(text?.fileOffset ?? 0), 64);
  directory.writeBigUInt64BE(BigInt(text?.fileSize ?? 0), 72);
  directory.writeBigUInt64BE(CS_EXECSEG_MAIN_BINARY, 80);
  name.copy(directory, HEADER_BYTES);
  // Special slots are before the pages, in descending order. One that is empty stays zero.
  for (const [slot, content] of special) sha256(content).copy(directory, hashes - slot * SHA256.bytes);
  for (const [index, hash] of pages.entries()) hash.copy(directory, hashes + index * SHA256.bytes);
  return directory;
}

/** SHA-256 of each page before `limit`; the last one may be shorter. @param page bytes */
export function pageHashes(file: Buffer, limit: number, page: number): Buffer[] {
  const count = Math.ceil(limit / page);
  return Array.from({ length: count }, (_, index) =>
    sha256(file.subarray(index * page, Math.min(limit, (index + 1) * page))),
  );
}

function blob(magic: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(head.length + content.length, 4);
  return Buffer.concat([head, content]);
}

function superBlob(entries: readonly (readonly [number, Buffer])[]): Buffer {
  const index = Buffer.alloc(4 + entries.length * 8);
  index.writeUInt32BE(entries.length, 0);
  let offset = 8 + index.length;
  for (const [place, [type, content]] of entries.entries()) {
    index.writeUInt32BE(type, 4 + place * 8);
    index.writeUInt32BE(offset, 8 + place * 8);
    offset += content.length;
  }
  return blob(MAGIC.superBlob, Buffer.concat([index, ...entries.map(([, content]) => content)]));
}

/**
 * The same entitlements in DER, which macOS 12 and later read: version 1, then a dictionary of names that are true,
 * sorted by their bytes.
 */
export function derEntitlements(names: readonly string[]): Buffer {
  const entries = names
    .toSorted()
    .map((name) => der(0x30, Buffer.concat([der(0x0c, Buffer.from(name)), der(0x01, Buffer.from([0xff]))])));
  return der(0x70, Buffer.concat([der(0x02, Buffer.from([1])), der(0xb0, Buffer.concat(entries))]));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
