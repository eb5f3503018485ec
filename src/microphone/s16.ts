/**
 * Turns s16le bytes into samples in [-1, 1). Pipes cut where they like: the first half of a sample is kept until
 * its second half comes.
 */
export class S16Decoder {
  #half: number | null = null;

  /** The samples that are complete now; possibly none. */
  decode(bytes: Uint8Array): Float32Array {
    const carried = this.#half === null ? 0 : 1;
    const count = (carried + bytes.length) >> 1;
    const samples = new Float32Array(count);
    const byteAt = (index: number): number =>
      (carried === 1 && index === 0 ? this.#half : bytes[index - carried]) ?? 0;
    for (let index = 0; index < count; index++) {
      samples[index] = toSigned(byteAt(2 * index), byteAt(2 * index + 1)) / 32_768;
    }
    const rest = (carried + bytes.length) % 2 === 1;
    if (bytes.length > 0) this.#half = rest ? byteAt(carried + bytes.length - 1) : null;
    return samples;
  }
}

function toSigned(low: number, high: number): number {
  return ((low | (high << 8)) << 16) >> 16;
}

/** Samples as s16le bytes; what is outside [-1, 1] is clipped, what is not a number is silence. */
export function encodeS16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => {
    const level = Math.round((Number.isNaN(sample) ? 0 : sample) * 32_768);
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, level)), index * 2);
  });
  return bytes;
}
