/** Normalised correlation of two sounds that begin together, -1 to 1; the longer one's rest counts for nothing. */
export function correlation(left: Float32Array, right: Float32Array): number {
  const length = Math.min(left.length, right.length);
  let both = 0;
  let one = 0;
  let other = 0;
  for (let index = 0; index < length; index++) {
    const a = left[index] ?? 0;
    const b = right[index] ?? 0;
    both += a * b;
    one += a * a;
    other += b * b;
  }
  return one > 0 && other > 0 ? both / Math.sqrt(one * other) : 0;
}

/**
 * Where a sound begins in a recording, in samples, and how well it fits there (-1 to 1). Only places at which it
 * lies within the recording are tried.
 */
export function locate(sound: Float32Array, recording: Float32Array): { offset: number; fit: number } {
  const last = recording.length - sound.length;
  // A coarse search on envelopes of 4 ms, then a fine one: the whole would be billions of products.
  const coarse = bestOf(envelope(sound), envelope(recording), 0, Math.floor(last / ENVELOPE));
  const from = Math.max(0, (coarse.offset - 2) * ENVELOPE);
  return bestOf(sound, recording, from, Math.min(last, (coarse.offset + 2) * ENVELOPE));
}

/** Length of a piece, and how far it may lie from where it should, samples: 200 ms and 50 ms at 16 kHz. */
const PIECE = 3_200;
const SLACK = 800;

/**
 * How well each piece of a sound fits where it should be in a recording, first to last. A sound server without real time
 * loses some milliseconds on a busy machine, which shifts all that follows.
 */
export function fitsOf(sound: Float32Array, recording: Float32Array): number[] {
  const { offset } = locate(sound, recording);
  const fits: number[] = [];
  for (let at = 0; at + PIECE <= sound.length; at += PIECE) {
    const from = Math.max(0, offset + at - SLACK);
    const around = recording.subarray(from, offset + at + PIECE + SLACK);
    fits.push(locate(sound.subarray(at, at + PIECE), around).fit);
  }
  return fits;
}

/** Samples of one value of an envelope. */
const ENVELOPE = 64;

function bestOf(sound: Float32Array, recording: Float32Array, from: number, to: number) {
  let best = { offset: from, fit: -1 };
  for (let offset = from; offset <= to; offset++) {
    const fit = correlation(sound, recording.subarray(offset, offset + sound.length));
    if (fit > best.fit) best = { offset, fit };
  }
  return best;
}

function envelope(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / ENVELOPE) }, (_, block) => {
    let sum = 0;
    for (let index = block * ENVELOPE; index < (block + 1) * ENVELOPE; index++) {
      sum += Math.abs(samples[index] ?? 0);
    }
    return sum;
  });
}
