import { setImmediate as nextTurn } from 'node:timers/promises';

/** Zero crossings of the sinc on each side: a transition band of 16 % of the lower Nyquist frequency. */
const CROSSINGS = 32;
/** Shape of the Kaiser window: about -80 dB in the stop band (beta = 0.1102 (A - 8.7), Kaiser 1974). */
const BETA = 8;
/** The cut-off as a part of the lower Nyquist frequency: half a transition band below it. */
const ROLL_OFF = 0.92;
/** Samples computed before others get a turn: some milliseconds. */
const BLOCK = 16_384;

/** Resamples with a windowed sinc, one set of taps a phase; the sound keeps its place in time. Rates in Hz. */
export async function resample(samples: Float32Array, from: number, to: number): Promise<Float32Array> {
  if (from === to) return samples;
  const output = new Float32Array(Math.round((samples.length * to) / from));
  const cutoff = ROLL_OFF * Math.min(1, to / from);
  const taps = new Map<number, Float32Array>();
  for (let start = 0; start < output.length; start += BLOCK) {
    const end = Math.min(output.length, start + BLOCK);
    for (let index = start; index < end; index++) {
      // The place in the input is `whole + phase / to`.
      const whole = Math.floor((index * from) / to);
      const phase = (index * from) % to;
      const kernel = taps.get(phase) ?? tapsAt(phase / to, cutoff);
      taps.set(phase, kernel);
      output[index] = convolve(samples, whole - kernel.length / 2 + 1, kernel);
    }
    await nextTurn();
  }
  return output;
}

/** @param first index of the sample under the first tap; outside there is silence */
function convolve(samples: Float32Array, first: number, taps: Float32Array): number {
  const begin = Math.max(0, -first);
  const end = Math.min(taps.length, samples.length - first);
  let sum = 0;
  for (let tap = begin; tap < end; tap++) sum += (samples[first + tap] ?? 0) * (taps[tap] ?? 0);
  return sum;
}

/**
 * The taps around a place between two samples, an even number.
 * @param fraction how far after the left one, of the distance between them
 * @param cutoff 1: the Nyquist frequency of the input
 */
function tapsAt(fraction: number, cutoff: number): Float32Array {
  const half = Math.ceil(CROSSINGS / cutoff);
  return Float32Array.from({ length: 2 * half }, (_, tap) => {
    const distance = (tap - half + 1 - fraction) * cutoff;
    return cutoff * sinc(distance) * kaiser(distance / CROSSINGS);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window, 1 in the middle (0) and 0 beyond its ends (-1 and 1). */
function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of the first kind, order 0, as its power series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
