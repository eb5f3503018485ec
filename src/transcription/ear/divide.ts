import { SAMPLE_RATE } from '../../microphone/microphone.ts';

/** Length of a quiet stretch, 0.2 s, and the step of the search, samples. */
const QUIET = SAMPLE_RATE / 5;
const STEP = SAMPLE_RATE / 50;

/**
 * Divides a sound into pieces that are short enough, each at the quietest stretch of the second half that it could have.
 * @param longest samples of a piece
 */
export function divide(audio: Float32Array, longest: number): Float32Array[] {
  const pieces: Float32Array[] = [];
  let from = 0;
  while (audio.length - from > longest) {
    // The last piece must not be too short.
    const least = from + Math.floor(Math.min(longest, audio.length - from - SAMPLE_RATE) / 2);
    const to = quietest(audio, least, from + longest);
    pieces.push(audio.subarray(from, to));
    from = to;
  }
  return [...pieces, audio.subarray(from)];
}

/** Divides a sound into two, at the quietest stretch that leaves at least `margin` samples on both sides. */
export function halve(audio: Float32Array, margin: number): [Float32Array, Float32Array] {
  const at = quietest(audio, margin, audio.length - margin);
  return [audio.subarray(0, at), audio.subarray(at)];
}

/** Returns the middle of the quietest stretch between two samples. */
function quietest(audio: Float32Array, from: number, to: number): number {
  let [best, least] = [Math.max(from, to - QUIET), Number.POSITIVE_INFINITY];
  for (let at = from; at + QUIET <= to; at += STEP) {
    let power = 0;
    for (let index = at; index < at + QUIET; index += 1) power += (audio[index] ?? 0) ** 2;
    if (power <= least) [best, least] = [at, power];
  }
  return best + QUIET / 2;
}
