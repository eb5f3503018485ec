import { crc32, deflateRawSync } from 'node:zlib';

/** A file in a zip archive. */
export interface ZipEntry {
  /** Path with `/`. */
  name: string;
  content: Buffer;
  /** Permissions, e.g. 0o755. */
  mode: number;
}

const DEFLATED = 8;
/** "Version made by": Unix, so that the permissions count. */
const UNIX = (3 << 8) | 20;
const REGULAR_FILE = 0o100_000;
/** 1980-01-01, the oldest date of the format: the same files make the same archive. */
const DATE = (1 << 5) | 1;

/** Makes a zip archive (APPNOTE 6.3, without ZIP64: less than 4 GB). Names are ASCII. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode } of entries) {
    const data = deflateRawSync(content, { level: 9 });
    const path = Buffer.from(name, 'ascii');
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(DEFLATED, 4);
    facts.writeUInt16LE(DATE, 8);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(path.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), facts, path, data);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(UNIX);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(((REGULAR_FILE | mode) << 16) >>> 0, 6);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), made, facts, place, path);
    offset += 4 + facts.length + path.length + data.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}
