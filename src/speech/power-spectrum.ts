/**
 * Power spectrum of real frames of one length, by a mixed-radix FFT (Stockham, decimation in frequency), because
 * Whisper's frames have 400 samples, which is not a power of two.
 */
export class PowerSpectrum {
  readonly #half: number;
  readonly #stages: readonly Stage[];
  /** e^(-2 pi i k / length) for k up to half the length. */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  /** Complex: real and imaginary parts in turn. */
  #values: Float64Array;
  #next: Float64Array;

  /** @param length samples of a frame: even, and half of it a product of 2, 4 and 5 */
  constructor(length: number) {
    const half = length / 2;
    this.#half = half;
    this.#stages = stagesOf(half);
    this.#cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.#sin = Float64Array.from({ length: half + 1 }, (_, k) => -Math.sin((2 * Math.PI * k) / length));
    this.#values = new Float64Array(length);
    this.#next = new Float64Array(length);
  }

  /** @param power gets |X[k]|^2 for k from 0 to half the length */
  of(frame: Float64Array, power: Float64Array): void {
    const half = this.#half;
    // Even and odd samples as one complex signal of half the length.
    this.#values.set(frame);
    for (const stage of this.#stages) {
      BUTTERFLIES[stage.radix](stage, this.#values, this.#next);
      [this.#values, this.#next] = [this.#next, this.#values];
    }
    const z = this.#values;
    for (let k = 0; k <= half; k += 1) {
      const a = 2 * (k % half);
      const b = 2 * ((half - k) % half);
      const evenRe = (at(z, a) + at(z, b)) / 2;
      const evenIm = (at(z, a + 1) - at(z, b + 1)) / 2;
      const oddRe = (at(z, a + 1) + at(z, b + 1)) / 2;
      const oddIm = (at(z, b) - at(z, a)) / 2;
      const cos = at(this.#cos, k);
      const sin = at(this.#sin, k);
      const x = evenRe + cos * oddRe - sin * oddIm;
      const y = evenIm + cos * oddIm + sin * oddRe;
      power[k] = x * x + y * y;
    }
  }
}

type Radix = 2 | 4 | 5;

interface Stage {
  radix: Radix;
  groups: number;
  stride: number;
  /** e^(-2 pi i group j / (groups radix)), complex, `radix` of them a group. */
  twiddles: Float64Array;
}

/** @throws RangeError for a length with other prime factors */
function stagesOf(length: number): Stage[] {
  const stages: Stage[] = [];
  let stride = 1;
  for (let size = length; size > 1; ) {
    const radix = ([5, 4, 2] as const).find((each) => size % each === 0);
    if (radix === undefined) throw new RangeError(`${length} is no product of 2, 4 and 5`);
    const groups = size / radix;
    const twiddles = new Float64Array(2 * size);
    for (let index = 0; index < size; index += 1) {
      const angle = (-2 * Math.PI * Math.floor(index / radix) * (index % radix)) / size;
      twiddles[2 * index] = Math.cos(angle);
      twiddles[2 * index + 1] = Math.sin(angle);
    }
    stages.push({ radix, groups, stride, twiddles });
    stride *= radix;
    size = groups;
  }
  return stages;
}

type Butterfly = (stage: Stage, from: Float64Array, to: Float64Array) => void;

const COS_1 = Math.cos((2 * Math.PI) / 5);
const COS_2 = Math.cos((4 * Math.PI) / 5);
const SIN_1 = Math.sin((2 * Math.PI) / 5);
const SIN_2 = Math.sin((4 * Math.PI) / 5);

/** The transforms of 2, 4 and 5 values, written out: this is where the time goes. */
const BUTTERFLIES: Record<Radix, Butterfly> = {
  2({ groups, stride, twiddles }, from, to) {
    const step = 2 * stride * groups;
    for (let group = 0; group < groups; group += 1) {
      for (let q = 0; q < stride; q += 1) {
        const a = 2 * (q + stride * group);
        const b = a + step;
        const out = 2 * (q + stride * 2 * group);
        to[out] = at(from, a) + at(from, b);
        to[out + 1] = at(from, a + 1) + at(from, b + 1);
        put(
          to,
          out + 2 * stride,
          at(from, a) - at(from, b),
          at(from, a + 1) - at(from, b + 1),
          twiddles,
          4 * group + 2,
        );
      }
    }
  },
  4({ groups, stride, twiddles }, from, to) {
    const step = 2 * stride * groups;
    const next = 2 * stride;
    for (let group = 0; group < groups; group += 1) {
      for (let q = 0; q < stride; q += 1) {
        const a = 2 * (q + stride * group);
        const out = 2 * (q + stride * 4 * group);
        const sumRe = at(from, a) + at(from, a + 2 * step);
        const sumIm = at(from, a + 1) + at(from, a + 2 * step + 1);
        const diffRe = at(from, a) - at(from, a + 2 * step);
        const diffIm = at(from, a + 1) - at(from, a + 2 * step + 1);
        const oddRe = at(from, a + step) + at(from, a + 3 * step);
        const oddIm = at(from, a + step + 1) + at(from, a + 3 * step + 1);
        const turnRe = at(from, a + step + 1) - at(from, a + 3 * step + 1);
        const turnIm = at(from, a + 3 * step) - at(from, a + step);
        to[out] = sumRe + oddRe;
        to[out + 1] = sumIm + oddIm;
        put(to, out + next, diffRe + turnRe, diffIm + turnIm, twiddles, 8 * group + 2);
        put(to, out + 2 * next, sumRe - oddRe, sumIm - oddIm, twiddles, 8 * group + 4);
        put(to, out + 3 * next, diffRe - turnRe, diffIm - turnIm, twiddles, 8 * group + 6);
      }
    }
  },
  5({ groups, stride, twiddles }, from, to) {
    const step = 2 * stride * groups;
    const next = 2 * stride;
    for (let group = 0; group < groups; group += 1) {
      for (let q = 0; q < stride; q += 1) {
        const a = 2 * (q + stride * group);
        const out = 2 * (q + stride * 5 * group);
        const re = at(from, a);
        const im = at(from, a + 1);
        const outerRe = at(from, a + step) + at(from, a + 4 * step);
        const outerIm = at(from, a + step + 1) + at(from, a + 4 * step + 1);
        const innerRe = at(from, a + 2 * step) + at(from, a + 3 * step);
        const innerIm = at(from, a + 2 * step + 1) + at(from, a + 3 * step + 1);
        const outerDiffRe = at(from, a + step) - at(from, a + 4 * step);
        const outerDiffIm = at(from, a + step + 1) - at(from, a + 4 * step + 1);
        const innerDiffRe = at(from, a + 2 * step) - at(from, a + 3 * step);
        const innerDiffIm = at(from, a + 2 * step + 1) - at(from, a + 3 * step + 1);
        const nearRe = re + COS_1 * outerRe + COS_2 * innerRe;
        const nearIm = im + COS_1 * outerIm + COS_2 * innerIm;
        const farRe = re + COS_2 * outerRe + COS_1 * innerRe;
        const farIm = im + COS_2 * outerIm + COS_1 * innerIm;
        const nearTurnRe = SIN_1 * outerDiffIm + SIN_2 * innerDiffIm;
        const nearTurnIm = -SIN_1 * outerDiffRe - SIN_2 * innerDiffRe;
        const farTurnRe = SIN_2 * outerDiffIm - SIN_1 * innerDiffIm;
        const farTurnIm = -SIN_2 * outerDiffRe + SIN_1 * innerDiffRe;
        to[out] = re + outerRe + innerRe;
        to[out + 1] = im + outerIm + innerIm;
        const twiddle = 10 * group;
        put(to, out + next, nearRe + nearTurnRe, nearIm + nearTurnIm, twiddles, twiddle + 2);
        put(to, out + 2 * next, farRe + farTurnRe, farIm + farTurnIm, twiddles, twiddle + 4);
        put(to, out + 3 * next, farRe - farTurnRe, farIm - farTurnIm, twiddles, twiddle + 6);
        put(to, out + 4 * next, nearRe - nearTurnRe, nearIm - nearTurnIm, twiddles, twiddle + 8);
      }
    }
  },
};

/** Stores a complex value times a twiddle. */
function put(to: Float64Array, index: number, re: number, im: number, by: Float64Array, which: number): void {
  const cos = at(by, which);
  const sin = at(by, which + 1);
  to[index] = re * cos - im * sin;
  to[index + 1] = re * sin + im * cos;
}

/** An index that is there: every caller counts within the length. */
function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
