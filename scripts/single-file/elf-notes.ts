import { open } from 'node:fs/promises';

/** What libmagic 5.44 takes for a note at most, bytes: `file`, rpmbuild and lintian do not know a file with more. */
const LARGEST_NOTE = 64 * 2 ** 20;
const SHT_PROGBITS = 1;
const SHT_NOTE = 7;

/**
 * Lets the section with the program be one of data instead of a note, in a 64-bit little-endian ELF file. Node finds
 * it by the program headers (PT_NOTE), which stay; the section headers are for tools alone.
 */
export async function relabelLargeNote(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  const { buffer: header } = await handle.read({ buffer: Buffer.alloc(64), position: 0 });
  const position = Number(header.readBigUInt64LE(0x28));
  const [size, count] = [header.readUInt16LE(0x3a), header.readUInt16LE(0x3c)];
  const { buffer: sections } = await handle.read({ buffer: Buffer.alloc(size * count), position });
  for (let at = 0; at < sections.length; at += size) {
    const isNote = sections.readUInt32LE(at + 4) === SHT_NOTE;
    if (isNote && sections.readBigUInt64LE(at + 0x20) > LARGEST_NOTE)
      sections.writeUInt32LE(SHT_PROGBITS, at + 4);
  }
  await handle.write(sections, 0, sections.length, position);
}
