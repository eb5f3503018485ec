import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { PowerSpectrum } from './power-spectrum.ts';

/** Whisper's features: frames of 25 ms every 10 ms, 80 mel bands. */
export const MEL_BANDS = 80;
const FRAME = 400;
const HOP = 160;
const BINS = FRAME / 2 + 1;
/** Powers below this are one and the same to a logarithm. */
const LEAST_POWER = 1e-10;
/** What is this much quieter than the loudest is cut off, decades. */
const RANGE = 8;

/**
 * Whisper's log-mel spectrogram of sound as smart-turn v3 was trained on: the last `samples.length` of it, which is
 * filled with zeros in front when there is less; zero mean and unit variance; frames centred, with reflected borders,
 * the last one dropped; Slaney's mel scale; log10, at most 8 decades below the loudest, (x + 4) / 4.
 */
export class LogMel {
  readonly #length: number;
  readonly #frames: number;
  readonly #spectrum = new PowerSpectrum(FRAME);
  /** Hann, periodic. */
  readonly #window = Float64Array.from(
    { length: FRAME },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / FRAME),
  );
  readonly #filters = melFilters();
  readonly #frame = new Float64Array(FRAME);
  readonly #power = new Float64Array(BINS);

  /** @param length samples that are looked at */
  constructor(length: number) {
    this.#length = length;
    this.#frames = length / HOP;
  }

  /** Band after band, each with length / 160 values. @param samples 16 kHz mono, any number of them */
  of(samples: Float32Array): Float32Array {
    const sound = normalised(samples, this.#length);
    const padding = this.#length - Math.min(samples.length, this.#length);
    const features = new Float32Array(MEL_BANDS * this.#frames);
    let loudest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < this.#frames; index += 1) {
      const end = index * HOP + FRAME / 2;
      // All frames within the padding are alike.
      if (index > 0 && end <= padding) {
        for (let band = 0; band < MEL_BANDS; band += 1) {
          features[band * this.#frames + index] = features[band * this.#frames] as number;
        }
        continue;
      }
      this.#cut(sound, end - FRAME);
      this.#spectrum.of(this.#frame, this.#power);
      for (const [band, { from, weights }] of this.#filters.entries()) {
        let sum = 0;
        for (let bin = 0; bin < weights.length; bin += 1) {
          sum += (weights[bin] as number) * (this.#power[from + bin] as number);
        }
        const value = Math.log10(Math.max(LEAST_POWER, sum));
        if (value > loudest) loudest = value;
        features[band * this.#frames + index] = value;
      }
    }
    for (let index = 0; index < features.length; index += 1) {
      features[index] = (Math.max(features[index] as number, loudest - RANGE) + 4) / 4;
    }
    return features;
  }

  /** A windowed frame; beyond its borders the sound is reflected. */
  #cut(sound: Float64Array, from: number): void {
    const last = this.#length - 1;
    for (let index = 0; index < FRAME; index += 1) {
      const at = Math.abs(from + index);
      const value = sound[at > last ? 2 * last - at : at] as number;
      this.#frame[index] = value * (this.#window[index] as number);
    }
  }
}

function normalised(samples: Float32Array, length: number): Float64Array {
  const sound = new Float64Array(length);
  sound.set(samples.subarray(Math.max(0, samples.length - length)), Math.max(0, length - samples.length));
  let sum = 0;
  for (const sample of sound) sum += sample;
  const mean = sum / length;
  let squares = 0;
  for (const sample of sound) squares += (sample - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / length + 1e-7);
  for (let index = 0; index < length; index += 1) sound[index] = ((sound[index] as number) - mean) * scale;
  return sound;
}

interface Filter {
  /** First bin. */
  from: number;
  weights: Float64Array;
}

/** Triangles on Slaney's mel scale from 0 Hz to half the rate, each of area 1. */
function melFilters(): Filter[] {
  const highest = hzToMel(SAMPLE_RATE / 2);
  const edges = Array.from({ length: MEL_BANDS + 2 }, (_, index) =>
    melToHz((highest * index) / (MEL_BANDS + 1)),
  );
  return Array.from({ length: MEL_BANDS }, (_, band) => {
    const [low, centre, high] = edges.slice(band, band + 3) as [number, number, number];
    const weights = Array.from({ length: BINS }, (_, bin) => {
      const hz = (bin * SAMPLE_RATE) / FRAME;
      const slope = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      return (Math.max(0, slope) * 2) / (high - low);
    });
    const from = weights.findIndex((weight) => weight > 0);
    const to = weights.findLastIndex((weight) => weight > 0);
    return { from: Math.max(0, from), weights: Float64Array.from(weights.slice(Math.max(0, from), to + 1)) };
  });
}

/** Slaney's scale: linear below 1000 Hz, logarithmic above. */
const LINEAR_HZ = 200 / 3;
const BREAK_HZ = 1_000;
const BREAK_MEL = BREAK_HZ / LINEAR_HZ;
const LOG_STEP = Math.log(6.4) / 27;

function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / LINEAR_HZ : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * Math.exp((mel - BREAK_MEL) * LOG_STEP);
}
