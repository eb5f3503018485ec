import { SAMPLE_RATE } from '../microphone.ts';
import { encodeS16 } from '../s16.ts';
import { oneChannel } from './channels.ts';
import { type Chunk, readRiff } from './wav-chunks.ts';
import { blockReader, CODING, hasWidth, isCoding, type SampleFormat } from './wav-samples.ts';

/** A WAV file's sound as one channel. */
interface WavSound {
  /** Hz */
  sampleRate: number;
  /** In [-1, 1]. */
  samples: Float32Array;
  /** Bytes that its header promises and the file does not have; 0: it is whole. */
  missing: number;
}

/**
 * Why a WAV file cannot be read: `foreign`: not a WAV file, or one in a coding that only a converter knows; `cut`: its end
 * is missing and what is there can be read; `damaged`: its header is nonsense, or no sound is there.
 */
export class WavProblem extends Error {
  readonly kind: 'foreign' | 'cut' | 'damaged';

  constructor(kind: WavProblem['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Format code with the real one further on. */
const EXTENSIBLE = 0xfffe;
/** RIFF header, format, and the header of the data. */
export const WAV_HEADER_BYTES = 44;

interface Format extends SampleFormat {
  channels: number;
  sampleRate: number;
}

/**
 * Reads WAV files: RIFF, RIFX, RF64 and BW64; PCM of 8 to 32 bits, float, A-law and mu-law; any number of channels (see
 * channels.ts) and of data chunks. A size that cannot be true means "to the end of the file".
 * @param partial takes a file whose end is missing as far as it goes
 * @throws WavProblem
 */
export function parseWav(bytes: Buffer, { partial = false } = {}): WavSound {
  const riff = readRiff(bytes);
  if (riff === null) throw new WavProblem('foreign', 'it is not a WAV file');
  const { chunks, littleEndian } = riff;
  const header = chunks.find(({ id }) => id === 'fmt ');
  const data = chunks.filter(({ id }) => id === 'data');
  if (data.length === 0) throw new WavProblem('damaged', 'it is cut off before its sound begins');
  if (header === undefined) throw new WavProblem('damaged', 'its format is missing');
  const format = parseFormat(header, littleEndian);
  const missing = data.reduce((sum, chunk) => sum + chunk.missing, 0);
  const [first] = data;
  const body = data.length === 1 && first ? first.body : Buffer.concat(data.map((chunk) => chunk.body));
  const frameBytes = format.width * format.channels;
  const length = Math.floor(body.length / frameBytes);
  if (missing > 0 && !partial) {
    const whole = `its last ${missing} bytes are missing`;
    if (length === 0) throw new WavProblem('damaged', whole);
    throw new WavProblem('cut', `${whole}; ${(length / format.sampleRate).toFixed(1)} s of sound are there`);
  }
  const read = blockReader(format);
  const samples = oneChannel({
    ...format,
    length,
    read: (channel, from, into) => read(body, from * frameBytes + channel * format.width, frameBytes, into),
  });
  return { sampleRate: format.sampleRate, samples, missing };
}

function parseFormat({ body }: Chunk, littleEndian: boolean): Format {
  // The first WAV files had no number of bits; later ones are longer than they need be.
  if (body.length < 14) throw new WavProblem('damaged', 'its format is cut off');
  const short = (at: number): number => (littleEndian ? body.readUInt16LE(at) : body.readUInt16BE(at));
  const code = short(0);
  // WAVE_FORMAT_EXTENSIBLE: the real code begins the GUID at offset 24.
  const coding = code === EXTENSIBLE && body.length >= 26 ? short(24) : code;
  const channels = short(2);
  const sampleRate = littleEndian ? body.readUInt32LE(4) : body.readUInt32BE(4);
  if (channels < 1 || channels > 64 || sampleRate < 1_000 || sampleRate > 768_000) {
    throw new WavProblem('damaged', `its header says ${channels} channels at ${sampleRate} Hz`);
  }
  if (!isCoding(coding)) throw new WavProblem('foreign', `its coding (${coding}) is not PCM`);
  const frameBytes = short(12);
  const bits = body.length >= 16 ? short(14) : 0;
  // The container of a sample may be wider than its bits; where the size of a frame is nonsense the bits are right.
  const width = [frameBytes / channels, Math.ceil(bits / 8)].find((each) => hasWidth(coding, each));
  if (width === undefined) {
    throw new WavProblem(
      'damaged',
      `its header says ${frameBytes} bytes for ${channels} channels of ${bits} bits`,
    );
  }
  return { coding, channels, sampleRate, width, littleEndian };
}

/** Returns the header of a mono WAV file, 16 bit. @param dataBytes 0: not known yet @param sampleRate Hz */
export function wavHeader(dataBytes: number, sampleRate = SAMPLE_RATE): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(CODING.pcm, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Encodes a mono WAV file, 16 bit. @param sampleRate Hz */
export function encodeWav(samples: Float32Array, sampleRate = SAMPLE_RATE): Buffer {
  const data = encodeS16(samples);
  return Buffer.concat([wavHeader(data.length, sampleRate), data]);
}
