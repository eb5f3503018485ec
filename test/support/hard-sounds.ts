import { SAMPLE_RATE } from '../../src/microphone/microphone.ts';
import { concatenate, hum, keyboard, mix, pinkNoise, randomNumbers, silence, whiteNoise } from './noise.ts';
import type { Clip } from './speech.ts';

/** A sound that misleads a speech engine. */
export interface HardSound {
  name: string;
  samples: Float32Array;
  /** What is said in it; null: nothing, or not known. */
  text: string | null;
}

const NOISES = { pink: pinkNoise, white: whiteNoise, hum, keyboard } as const;
const DECIBELS = [20, 10, 5, 0] as const;
const SHARES = [0.2, 0.35, 0.5, 0.7, 0.85] as const;

/**
 * Sounds made from clips, the same ones each time: speech in noise, stopped in the middle, its single words, once and
 * over and over, with long silence; noise alone, and music.
 */
export function hardSounds(clips: readonly Clip[]): HardSound[] {
  const sounds: HardSound[] = [];
  for (const [index, { id, text, samples }] of clips.entries()) {
    const seconds = samples.length / SAMPLE_RATE;
    for (const [kind, make] of Object.entries(NOISES)) {
      // Two loudnesses of each noise, others for the next clip.
      for (const decibels of DECIBELS.filter((_, at) => at % 2 === index % 2)) {
        const noise = scaled(make(seconds, index + 1), samples, decibels);
        sounds.push({ name: `${id}, ${kind} noise at ${decibels} dB`, samples: mix(samples, noise), text });
      }
    }
    for (const share of SHARES) {
      const samplesSoFar = samples.subarray(0, Math.floor(samples.length * share));
      sounds.push({ name: `${id}, stopped at ${100 * share} %`, samples: samplesSoFar, text: null });
    }
    const word = loudest(samples, 0.45);
    sounds.push({ name: `${id}, a word`, samples: word, text: null });
    sounds.push({ name: `${id}, a word three times`, samples: concatenate(word, word, word), text: null });
    sounds.push({ name: `${id}, and 6 s of silence`, samples: concatenate(samples, silence(6)), text });
  }
  for (const seconds of [0.3, 1, 3, 8]) {
    for (const [kind, make] of Object.entries(NOISES)) {
      sounds.push({ name: `${kind} noise of ${seconds} s`, samples: make(seconds, 7), text: null });
    }
    sounds.push({ name: `music of ${seconds} s`, samples: music(seconds), text: null });
    sounds.push({ name: `silence of ${seconds} s`, samples: silence(seconds), text: null });
  }
  return sounds;
}

/** Chords of decaying tones with a beat, about -15 dBFS. */
export function music(seconds: number, seed = 1): Float32Array {
  const random = randomNumbers(seed);
  const samples = whiteNoise(seconds, seed, 0.002);
  for (let time = 0; time < seconds; time += 0.25) {
    const root = 220 * 2 ** (Math.floor(random() * 12) / 12);
    for (const ratio of [1, 1.25, 1.5, 2]) {
      for (let at = 0; at < SAMPLE_RATE; at += 1) {
        const place = Math.floor(time * SAMPLE_RATE) + at;
        if (place >= samples.length) break;
        const passed = at / SAMPLE_RATE;
        const tone = 0.06 * Math.exp(-4 * passed) * Math.sin(2 * Math.PI * root * ratio * passed);
        samples[place] = (samples[place] ?? 0) + tone;
      }
    }
  }
  return samples;
}

/** Does a stretch of three words or more follow itself? */
export function repeatsItself(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  for (let length = 3; length <= words.length / 2; length += 1) {
    for (let at = 0; at + 2 * length <= words.length; at += 1) {
      const stretch = words.slice(at, at + length).join(' ');
      if (stretch === words.slice(at + length, at + 2 * length).join(' ')) return true;
    }
  }
  return false;
}

/** The loudest stretch of so many seconds. */
function loudest(samples: Float32Array, seconds: number): Float32Array {
  const length = Math.min(samples.length, Math.floor(seconds * SAMPLE_RATE));
  let [best, most] = [0, -1];
  for (let from = 0; from + length <= samples.length; from += SAMPLE_RATE / 50) {
    const power = powerOf(samples.subarray(from, from + length));
    if (power > most) [best, most] = [from, power];
  }
  return samples.slice(best, best + length);
}

/** The noise, so loud that the speech is that many decibels above it. */
function scaled(noise: Float32Array, speech: Float32Array, decibels: number): Float32Array {
  const factor = Math.sqrt(powerOf(speech) / powerOf(noise) / 10 ** (decibels / 10));
  return noise.map((sample) => sample * factor);
}

function powerOf(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}
