/** Codings of the samples (Microsoft, mmreg.h). */
export const CODING = { pcm: 1, float: 3, aLaw: 6, muLaw: 7 } as const;

type Coding = (typeof CODING)[keyof typeof CODING];

/** How samples are stored. */
export interface SampleFormat {
  coding: Coding;
  /** Bytes of one sample. */
  width: number;
  littleEndian: boolean;
}

/** The widths of each coding, bytes. */
const WIDTHS: Readonly<Record<Coding, readonly number[]>> = {
  [CODING.pcm]: [1, 2, 3, 4],
  [CODING.float]: [4, 8],
  [CODING.aLaw]: [1],
  [CODING.muLaw]: [1],
};

export function isCoding(code: number): code is Coding {
  return code in WIDTHS;
}

export function hasWidth(coding: Coding, width: number): boolean {
  return WIDTHS[coding].includes(width);
}

/** Reads samples that lie `step` bytes apart into an array, in [-1, 1]. */
type BlockReader = (bytes: Buffer, from: number, step: number, into: Float32Array) => void;

/** Returns a reader of samples; what is not a number is silence. */
export function blockReader(format: SampleFormat): BlockReader {
  // The usual coding: a call for each sample would take five times as long.
  if (format.coding === CODING.pcm && format.width === 2 && format.littleEndian)
    return (bytes, from, step, into) => {
      for (let at = 0, byte = from; at < into.length; at += 1, byte += step)
        into[at] = bytes.readInt16LE(byte) / 32_768;
    };
  const sample = sampleReader(format);
  return (bytes, from, step, into) => {
    for (let at = 0, byte = from; at < into.length; at += 1, byte += step) into[at] = sample(bytes, byte);
  };
}

function sampleReader({ coding, width, littleEndian }: SampleFormat): (bytes: Buffer, at: number) => number {
  switch (coding) {
    case CODING.float:
      return floatReader(width, littleEndian);
    case CODING.aLaw:
      return (bytes, at) => A_LAW[bytes[at] ?? 0] ?? 0;
    case CODING.muLaw:
      return (bytes, at) => MU_LAW[bytes[at] ?? 0] ?? 0;
    case CODING.pcm:
      return integerReader(width, littleEndian);
  }
}

function integerReader(width: number, littleEndian: boolean): (bytes: Buffer, at: number) => number {
  // 8 bits have no sign.
  if (width === 1) return (bytes, at) => (bytes.readUInt8(at) - 128) / 128;
  const scale = 2 ** (8 * width - 1);
  if (littleEndian) return (bytes, at) => bytes.readIntLE(at, width) / scale;
  return (bytes, at) => bytes.readIntBE(at, width) / scale;
}

function floatReader(width: number, littleEndian: boolean): (bytes: Buffer, at: number) => number {
  const read = (bytes: Buffer, at: number): number => {
    if (width === 4) return littleEndian ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
    return littleEndian ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
  };
  return (bytes, at) => {
    const sample = read(bytes, at);
    return Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
  };
}

/** ITU-T G.711: 13 bits in 8, every second bit inverted. */
const A_LAW = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const level = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return ((code & 0x80) === 0 ? -level : level) / 32_768;
});

/** ITU-T G.711: 14 bits in 8, all bits inverted. */
const MU_LAW = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const level = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return ((code & 0x80) === 0 ? level : -level) / 32_768;
});
