/** Which channels make up the one that is listened to, and in which phase. */

/** A channel this much weaker than the loudest one holds no separate speech, as a part of its energy (-40 dB). */
const WEAK = 1e-4;
/** Correlation with the loudest channel below which a channel is the same sound with its phase turned. */
const TURNED = -0.5;
/**
 * Speech varies: the levels of 20 ms blocks differ by more than `LIVELY_DB`; those of a hum or a fan by less than
 * `STEADY_DB`.
 */
const LIVELY_DB = 12;
const STEADY_DB = 6;
/** Levels are counted in steps of 1 dB from here up to 0 dBFS; digital silence lies below. */
const LOWEST_DB = -100;
/** Up to here every pair of channels is compared; files with more are not stereo recordings of one voice. */
const MOST_COMPARED = 8;

/** Measures the channels of a recording, block by block. */
export class ChannelMeter {
  readonly #channels: number;
  /** Sums of the products of two channels. */
  readonly #products: Float64Array;
  /** Histogram of levels, per channel. */
  readonly #levels: Uint32Array;

  constructor(channels: number) {
    this.#channels = channels;
    this.#products = new Float64Array(channels * channels);
    this.#levels = new Uint32Array(channels * -LOWEST_DB);
  }

  /** Adds a block of about 20 ms, one array of equal length a channel. */
  add(block: readonly Float32Array[]): void {
    for (const [index, samples] of block.entries()) {
      const power = this.#multiply(index, index, samples, samples);
      const level = Math.floor(10 * Math.log10(power / samples.length));
      if (level >= LOWEST_DB) this.#count(index, Math.min(-1, level));
      if (this.#channels > MOST_COMPARED) continue;
      for (let other = 0; other < index; other += 1)
        this.#multiply(index, other, samples, block[other] ?? samples);
    }
  }

  /**
   * Returns the part of each channel in the one channel to be heard. Channels without sound are left out, and so are
   * steady noises beside a lively channel; a channel whose phase is turned is turned back. The parts of channels that
   * agree make up their mean.
   */
  weights(): Float32Array {
    const all = Array.from({ length: this.#channels }, (_, index) => index);
    const lively = all.some((channel) => this.#range(channel) >= LIVELY_DB);
    const heard = all.filter(
      (channel) => this.#energy(channel) > 0 && !(lively && this.#range(channel) < STEADY_DB),
    );
    const loudest = heard.toSorted((a, b) => this.#energy(b) - this.#energy(a))[0];
    const weights = new Float32Array(this.#channels);
    // Silence is silence in any mix.
    if (loudest === undefined) return weights.fill(1 / this.#channels);
    const used = heard.filter((channel) => this.#energy(channel) >= WEAK * this.#energy(loudest));
    for (const channel of used)
      weights[channel] = (this.#correlation(channel, loudest) < TURNED ? -1 : 1) / used.length;
    return weights;
  }

  #multiply(one: number, other: number, a: Float32Array, b: Float32Array): number {
    let sum = 0;
    for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
    const place = one * this.#channels + other;
    this.#products[place] = (this.#products[place] ?? 0) + sum;
    return sum;
  }

  #count(channel: number, level: number): void {
    const place = channel * -LOWEST_DB + level - LOWEST_DB;
    this.#levels[place] = (this.#levels[place] ?? 0) + 1;
  }

  #energy(channel: number): number {
    return this.#products[channel * this.#channels + channel] ?? 0;
  }

  #correlation(a: number, b: number): number {
    const product = this.#products[Math.max(a, b) * this.#channels + Math.min(a, b)] ?? 0;
    return product / Math.sqrt(this.#energy(a) * this.#energy(b));
  }

  /** Difference between the 95th and the 10th percentile of its levels, dB. */
  #range(channel: number): number {
    const start = channel * -LOWEST_DB;
    const levels = this.#levels.subarray(start, start - LOWEST_DB);
    return percentile(levels, 0.95) - percentile(levels, 0.1);
  }
}

function percentile(counts: Uint32Array, part: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [level, count] of counts.entries()) {
    below += count;
    if (below >= part * total) return level;
  }
  return 0;
}

/** Mixes a block into one channel. @param weights of ChannelMeter.weights() */
export function mixed(block: readonly Float32Array[], weights: Float32Array): Float32Array {
  const mix = new Float32Array(block[0]?.length ?? 0);
  for (const [index, samples] of block.entries()) {
    const weight = weights[index] ?? 0;
    if (weight === 0) continue;
    for (let at = 0; at < mix.length; at += 1) mix[at] = (mix[at] ?? 0) + weight * (samples[at] ?? 0);
  }
  return mix;
}

/** A recording whose frames are read as they are needed: one of an hour would not fit into memory channel by channel. */
interface Frames {
  channels: number;
  /** Samples of each channel. */
  length: number;
  /** Hz */
  sampleRate: number;
  /** Reads samples of one channel, in [-1, 1], into an array. */
  read(channel: number, from: number, into: Float32Array): void;
}

/** Blocks a second. */
const BLOCKS = 50;

/** Returns a whole recording as one channel, chosen or mixed so that speech in any of them is heard. */
export function oneChannel(frames: Frames): Float32Array {
  const { channels, length, sampleRate } = frames;
  const mix = new Float32Array(length);
  if (channels === 1) {
    frames.read(0, 0, mix);
    return mix;
  }
  const meter = new ChannelMeter(channels);
  eachBlock(frames, Math.ceil(sampleRate / BLOCKS), (block) => meter.add(block));
  const weights = meter.weights();
  eachBlock(frames, Math.ceil(sampleRate / BLOCKS), (block, from) => mix.set(mixed(block, weights), from));
  return mix;
}

function eachBlock(
  { channels, length, read }: Frames,
  size: number,
  use: (block: Float32Array[], from: number) => void,
): void {
  const buffers = Array.from({ length: channels }, () => new Float32Array(size));
  for (let from = 0; from < length; from += size) {
    const block = buffers.map((buffer) => buffer.subarray(0, Math.min(size, length - from)));
    for (const [channel, into] of block.entries()) read(channel, from, into);
    use(block, from);
  }
}
