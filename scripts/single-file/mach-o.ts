import { BuildError } from './build-error.ts';

/** mach-o/loader.h */
const MH_MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SIGNATURE_COMMAND_BYTES = 16;
/** Offsets within a segment command, and within a section of it. */
const SEGMENT = { name: 8, vmSize: 32, fileOffset: 40, fileSize: 48, sections: 64, bytes: 72 } as const;
const SECTION = { offset: 48, bytes: 80 } as const;
/** Memory pages of Apple's processors, bytes. */
const PAGE = 16_384;

interface Segment {
  /** Offset of its load command in the file. */
  command: number;
  fileOffset: number;
  fileSize: number;
}

/** The parts of a 64-bit Mach-O file that a signature depends on. */
export interface MachO {
  segments: ReadonlyMap<string, Segment>;
  /** Where the signature is; null: there is none. */
  signature: { command: number; offset: number; size: number } | null;
  /** Offset of the first byte after the load commands, and of the first section. */
  commandsEnd: number;
  firstSection: number;
}

/** Reads the load commands. @throws BuildError when it is not a 64-bit Mach-O file for one processor */
export function readMachO(file: Buffer): MachO {
  if (file.length < HEADER_BYTES || file.readUInt32LE(0) !== MH_MAGIC_64)
    throw new BuildError('The file is not a 64-bit Mach-O file for one processor.');
  const segments = new Map<string, Segment>();
  let signature: MachO['signature'] = null;
  let firstSection = file.length;
  let at = HEADER_BYTES;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (command === LC_SEGMENT_64) {
      const name = file.toString('latin1', at + SEGMENT.name, at + SEGMENT.name + 16).replace(/\0.*$/su, '');
      segments.set(name, {
        command: at,
        fileOffset: Number(file.readBigUInt64LE(at + SEGMENT.fileOffset)),
        fileSize: Number(file.readBigUInt64LE(at + SEGMENT.fileSize)),
      });
      for (let section = 0; section < file.readUInt32LE(at + SEGMENT.sections); section++) {
        const offset = file.readUInt32LE(at + SEGMENT.bytes + section * SECTION.bytes + SECTION.offset);
        if (offset > 0) firstSection = Math.min(firstSection, offset);
      }
    } else if (command === LC_CODE_SIGNATURE) {
      signature = { command: at, offset: file.readUInt32LE(at + 8), size: file.readUInt32LE(at + 12) };
    }
    at += file.readUInt32LE(at + 4);
  }
  return { segments, signature, commandsEnd: at, firstSection };
}

/**
 * Makes room for a signature at the end of __LINKEDIT, where codesign puts it as well. A signature that was there is
 * replaced.
 * @param size of the signature, bytes
 * @returns the new file, with zeros where the signature goes, and their offset
 * @throws BuildError when __LINKEDIT is not at the end, or the header has no room for another command
 */
export function withRoomForSignature(file: Buffer, size: number): { file: Buffer; offset: number } {
  const { segments, signature, commandsEnd, firstSection } = readMachO(file);
  const linkedit = segments.get('__LINKEDIT');
  const end = signature?.offset ?? file.length;
  const last = Math.max(...[...segments.values()].map(({ fileOffset }) => fileOffset));
  if (linkedit === undefined || linkedit.fileOffset !== last)
    throw new BuildError('The Mach-O file does not end with __LINKEDIT: it cannot be signed.');
  if (signature === null && commandsEnd + SIGNATURE_COMMAND_BYTES > firstSection)
    throw new BuildError('The header of the Mach-O file has no room for a signature.');
  const offset = Math.ceil(end / 16) * 16;
  const result = Buffer.alloc(offset + size);
  file.copy(result, 0, 0, end);
  const command = signature?.command ?? commandsEnd;
  result.writeUInt32LE(LC_CODE_SIGNATURE, command);
  result.writeUInt32LE(SIGNATURE_COMMAND_BYTES, command + 4);
  result.writeUInt32LE(offset, command + 8);
  result.writeUInt32LE(size, command + 12);
  if (signature === null) {
    result.writeUInt32LE(file.readUInt32LE(16) + 1, 16);
    result.writeUInt32LE(file.readUInt32LE(20) + SIGNATURE_COMMAND_BYTES, 20);
  }
  const fileSize = result.length - linkedit.fileOffset;
  result.writeBigUInt64LE(BigInt(fileSize), linkedit.command + SEGMENT.fileSize);
  result.writeBigUInt64LE(BigInt(Math.ceil(fileSize / PAGE) * PAGE), linkedit.command + SEGMENT.vmSize);
  return { file: result, offset };
}
