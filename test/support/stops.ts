import { SAMPLE_RATE } from '../../src/microphone/microphone.ts';
import type { Detector } from '../../src/speech/detector.ts';
import { Endpointer, endpointerDefaults } from '../../src/speech/endpointer.ts';

/** A frame of the search, and over how many of them the loudness is averaged: 10 and 70 ms. */
const HOP = SAMPLE_RATE / 100;
const AVERAGED = 3;
/** Two dips are at least this far apart: 300 ms. */
const APART = 30;

/**
 * Where somebody who thinks in the middle of a sentence would stop: the deepest dips between 35 and 70 % of a clip,
 * deepest first, in samples.
 */
export function deepestDips(samples: Float32Array, count: number): number[] {
  const frames = Math.floor(samples.length / HOP);
  const power = Array.from({ length: frames }, (_, index) =>
    samples.subarray(index * HOP, (index + 1) * HOP).reduce((sum, sample) => sum + sample * sample, 0),
  );
  const loudness = power.map((_, index) => {
    const around = power.slice(Math.max(0, index - AVERAGED), index + AVERAGED + 1);
    return around.reduce((sum, each) => sum + each, 0) / around.length;
  });
  const [first, last] = [Math.floor(frames * 0.35), Math.floor(frames * 0.7)];
  const order = Array.from({ length: last - first }, (_, index) => first + index).toSorted(
    (a, b) => (loudness[a] ?? 0) - (loudness[b] ?? 0),
  );
  const dips: number[] = [];
  for (const frame of order) {
    if (dips.length < count && dips.every((each) => Math.abs(each - frame) > APART)) dips.push(frame);
  }
  return dips.map((frame) => frame * HOP + HOP / 2);
}

/** A silence behind speech, or between two stretches of it; samples. */
export interface Silence {
  /** Where the speech before it begins, with some sound before it. */
  start: number;
  /** Behind the last frame of speech. */
  from: number;
  /** The next speech; Infinity: there is none. */
  to: number;
}

/** The silences behind and between the speech of a sound, as the program's own detector hears them. */
export async function silencesIn(sound: Float32Array, detector: Detector): Promise<Silence[]> {
  detector.reset();
  const frame = detector.frameSamples;
  const never = { endpointMs: Infinity, maxMs: Infinity, nothingMs: Infinity };
  const frameMs = (frame / SAMPLE_RATE) * 1_000;
  const endpointer = new Endpointer({ ...endpointerDefaults, ...never, frameMs });
  const silences: Silence[] = [];
  let heard: number | null = null;
  for (let at = 0; at + frame <= sound.length; at += frame) {
    endpointer.push(await detector.probability(sound.subarray(at, at + frame)));
    if (!endpointer.speaking || endpointer.firstSpeech === null) continue;
    const start = Math.max(0, endpointer.firstSpeech * frame - 4_800);
    if (heard !== null && at > heard) silences.push({ start, from: heard, to: at });
    heard = at + frame;
  }
  if (heard === null || endpointer.firstSpeech === null) return silences;
  const start = Math.max(0, endpointer.firstSpeech * frame - 4_800);
  return [...silences, { start, from: heard, to: Number.POSITIVE_INFINITY }];
}
