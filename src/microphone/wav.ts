import { writeFile } from 'node:fs/promises';
import { SAMPLE_RATE } from './microphone.ts';
import { encodeS16 } from './s16.ts';

/** A WAV file's sound, mixed down to one channel. */
export interface WavSound {
  /** Hz */
  sampleRate: number;
  /** In [-1, 1]. */
  samples: Float32Array;
}

/**
 * Why a WAV file cannot be read: `foreign`: not a WAV file, or one in a coding that only a converter knows;
 * `damaged`: cut short, or its header is nonsense.
 */
export class WavProblem extends Error {
  readonly kind: 'foreign' | 'damaged';

  constructor(kind: WavProblem['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Format codes of the `fmt ` chunk (Microsoft, mmreg.h). */
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/**
 * From this size on a header is not believed: programs that write into a pipe do not know the size and put in
 * something huge (ffmpeg 5.1 0xFFFFFFFF, sox 14.4.2 0x7FFFFFDC, arecord 1.2.8 0x80000000). No more than 2 GB
 * are ever read.
 */
const SIZE_UNKNOWN = 0x7fff_0000;

interface Format {
  coding: typeof PCM | typeof FLOAT;
  channels: number;
  sampleRate: number;
  /** Bytes of one sample of one channel. */
  width: number;
}

/** Reads PCM (8 to 32 bit) and float WAV files with any number of channels. @throws WavProblem */
export function parseWav(bytes: Buffer): WavSound {
  if (bytes.length < 12 || text(bytes, 0) !== 'RIFF' || text(bytes, 8) !== 'WAVE') {
    throw new WavProblem('foreign', 'it is not a WAV file');
  }
  let format: Format | null = null;
  for (const chunk of chunks(bytes)) {
    if (chunk.id === 'fmt ') format = parseFormat(chunk.body);
    if (chunk.id !== 'data') continue;
    if (format === null) throw new WavProblem('damaged', 'its format is missing');
    if (chunk.missing > 0) throw new WavProblem('damaged', `its last ${chunk.missing} bytes are missing`);
    return { sampleRate: format.sampleRate, samples: mixDown(chunk.body, format) };
  }
  throw new WavProblem('damaged', 'it is cut off before its sound begins');
}

/** A mono WAV file, 16 bit. @param sampleRate Hz */
export function encodeWav(samples: Float32Array, sampleRate = SAMPLE_RATE): Buffer {
  const data = encodeS16(samples);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** Writes 16 kHz mono samples as a WAV file that only its owner can read. */
export async function writeWav(path: string, samples: Float32Array): Promise<void> {
  await writeFile(path, encodeWav(samples), { mode: 0o600 });
}

interface Chunk {
  id: string;
  body: Buffer;
  /** Bytes that the header promises and the file does not have. */
  missing: number;
}

function* chunks(bytes: Buffer): Generator<Chunk> {
  // A header that fits the file was finished: then a chunk of size 0 is empty indeed.
  const finished = bytes.readUInt32LE(4) + 8 === bytes.length;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = text(bytes, at);
    const size = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    const unknown = id === 'data' && (size >= SIZE_UNKNOWN || (size === 0 && !finished));
    const body = unknown ? bytes.subarray(start) : bytes.subarray(start, start + size);
    yield { id, body, missing: unknown ? 0 : size - body.length };
    at = start + size;
    // Chunks begin at even offsets, but some programs forget the padding: it is a zero byte.
    if (size % 2 === 1 && bytes[at] === 0) at += 1;
  }
}

function text(bytes: Buffer, offset: number): string {
  return bytes.toString('latin1', offset, offset + 4);
}

function parseFormat(body: Buffer): Format {
  if (body.length < 16) throw new WavProblem('damaged', 'its format is cut off');
  const code = body.readUInt16LE(0);
  // WAVE_FORMAT_EXTENSIBLE: the real code begins the GUID at offset 24.
  const coding = code === EXTENSIBLE && body.length >= 26 ? body.readUInt16LE(24) : code;
  const channels = body.readUInt16LE(2);
  const sampleRate = body.readUInt32LE(4);
  const frameBytes = body.readUInt16LE(12);
  const width = frameBytes / channels;
  if (channels < 1 || channels > 64 || sampleRate < 1_000 || sampleRate > 768_000) {
    throw new WavProblem('damaged', `its header says ${channels} channels at ${sampleRate} Hz`);
  }
  if (coding === PCM && [1, 2, 3, 4].includes(width)) return { coding: PCM, channels, sampleRate, width };
  if (coding === FLOAT && [4, 8].includes(width)) return { coding: FLOAT, channels, sampleRate, width };
  if (coding === PCM || coding === FLOAT) {
    throw new WavProblem('damaged', `its header says ${frameBytes} bytes for ${channels} channels`);
  }
  throw new WavProblem('foreign', `its coding (${coding}) is not PCM`);
}

/** The mean of all channels; half a frame at the end is dropped. */
function mixDown(body: Buffer, { coding, channels, width }: Format): Float32Array {
  const read = readerOf(coding, width);
  const samples = new Float32Array(Math.floor(body.length / (width * channels)));
  for (let frame = 0, at = 0; frame < samples.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += width) sum += read(body, at);
    const mean = sum / channels;
    samples[frame] = Number.isFinite(mean) ? Math.max(-1, Math.min(1, mean)) : 0;
  }
  return samples;
}

function readerOf(coding: Format['coding'], width: number): (bytes: Buffer, at: number) => number {
  if (coding === FLOAT) {
    return width === 4 ? (bytes, at) => bytes.readFloatLE(at) : (bytes, at) => bytes.readDoubleLE(at);
  }
  if (width === 1) return (bytes, at) => (bytes.readUInt8(at) - 128) / 128;
  const scale = 2 ** (8 * width - 1);
  return (bytes, at) => bytes.readIntLE(at, width) / scale;
}
