import { crc32 } from 'node:zlib';
import type { Picture } from './draw.ts';

/** Compresses as zlib does. */
type Deflate = (data: Uint8Array) => Uint8Array;

/** A StatusNotifierItem's pixmap: 32 bits a pixel in network byte order. */
export function argb({ rgba }: Picture): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    out.set(rgba.subarray(at, at + 3), at + 1);
    out[at] = rgba[at + 3] ?? 0;
  }
  return out;
}

/** PNG (RFC 2083): 8 bits a channel, no filter. */
export function png({ side, rgba }: Picture, deflate: Deflate): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(side * (1 + 4 * side));
  for (let row = 0; row < side; row++) {
    rows.set(rgba.subarray(row * side * 4, (row + 1) * side * 4), row * (1 + 4 * side) + 1);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflate(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}

/** A Windows icon of several sizes, each a PNG (Windows Vista and later). */
export function ico(pictures: readonly Picture[], deflate: Deflate): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  const images = pictures.map((picture, index) => {
    const image = png(picture, deflate);
    const at = 6 + 16 * index;
    head.set([picture.side % 256, picture.side % 256], at);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(image.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += image.length;
    return image;
  });
  return Buffer.concat([head, ...images]);
}

/** Types of an icon of macOS that hold a PNG of this many pixels (macOS 10.7 and later). */
const ICNS_TYPES: Readonly<Record<number, string>> = {
  32: 'ic11',
  64: 'ic12',
  128: 'ic07',
  256: 'ic08',
  512: 'ic09',
};

/** An icon of macOS. @param pictures PNG files, square, of sizes that the format has */
export function icns(pictures: readonly Buffer[]): Buffer {
  const images = pictures.map((picture) => {
    const side = picture.readUInt32BE(16);
    const type = ICNS_TYPES[side];
    if (type === undefined) throw new Error(`an icon of macOS has no picture of ${side} pixels`);
    return icnsElement(type, picture);
  });
  return icnsElement('icns', Buffer.concat(images));
}

function icnsElement(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'ascii');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
