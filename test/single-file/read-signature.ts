import { createHash } from 'node:crypto';
import { readMachO } from '../../scripts/single-file/mach-o.ts';

/** What a signature says, read on its own: cs_blobs.h of xnu. */
export interface Signature {
  identifier: string;
  flags: number;
  version: number;
  limit: number;
  page: number;
  /** Hashes as they are stored: of the pages, and of the special slots by number. */
  pages: Buffer[];
  special: Map<number, Buffer>;
  /** The blobs by their slot, with their heads. */
  blobs: Map<number, Buffer>;
  segment: { base: bigint; limit: bigint; flags: bigint };
}

/** Reads the signature of a Mach-O file: its code directory with SHA-256. @throws Error when there is none */
export function readSignature(file: Buffer): Signature {
  const { signature } = readMachO(file);
  if (signature === null) throw new Error('there is no signature');
  const data = file.subarray(signature.offset, signature.offset + signature.size);
  if (data.readUInt32BE(0) !== 0xfade0cc0) throw new Error('the signature is not a super blob');
  const blobs = new Map<number, Buffer>();
  for (let index = 0; index < data.readUInt32BE(8); index++) {
    const offset = data.readUInt32BE(16 + index * 8);
    const length = data.readUInt32BE(offset + 4);
    blobs.set(data.readUInt32BE(12 + index * 8), data.subarray(offset, offset + length));
  }
  const directory = [...blobs.values()].find(
    (blob) => blob.readUInt32BE(0) === 0xfade0c02 && blob[37] === 2 && blob[36] === 32,
  );
  if (!directory) throw new Error('there is no code directory with SHA-256');
  const [hashes = 0, ident = 0, specials = 0, pages = 0, limit = 0] = [16, 20, 24, 28, 32].map((at) =>
    directory.readUInt32BE(at),
  );
  const hash = (slot: number) => directory.subarray(hashes + slot * 32, hashes + (slot + 1) * 32);
  return {
    identifier: directory.toString('latin1', ident, directory.indexOf(0, ident)),
    flags: directory.readUInt32BE(12),
    version: directory.readUInt32BE(8),
    limit,
    page: 2 ** (directory[39] ?? 0),
    pages: Array.from({ length: pages }, (_, slot) => hash(slot)),
    special: new Map(Array.from({ length: specials }, (_, slot) => [slot + 1, hash(-slot - 1)])),
    blobs,
    segment: {
      base: directory.readBigUInt64BE(64),
      limit: directory.readBigUInt64BE(72),
      flags: directory.readBigUInt64BE(80),
    },
  };
}

export function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
