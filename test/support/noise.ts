import { SAMPLE_RATE } from '../../src/microphone/microphone.ts';

/** Evenly distributed numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Digital silence. */
export function silence(seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * SAMPLE_RATE));
}

/** The hum of mains and a fan: 50 Hz with harmonics that swell slowly, over soft noise; about -35 dBFS. */
export function hum(seconds: number, seed = 1): Float32Array {
  const random = randomNumbers(seed);
  const phases = Array.from({ length: 8 }, () => random() * 2 * Math.PI);
  return silence(seconds).map((_, index) => {
    const time = index / SAMPLE_RATE;
    const swell = 1 + 0.3 * Math.sin(2 * Math.PI * 0.4 * time);
    let sample = 0.002 * (random() - 0.5);
    for (const [harmonic, phase] of phases.entries()) {
      sample += (0.025 / (harmonic + 1)) * Math.sin(2 * Math.PI * 50 * (harmonic + 1) * time + phase);
    }
    return sample * swell;
  });
}

/** White noise, about -30 dBFS. */
export function whiteNoise(seconds: number, seed = 1, amplitude = 0.05): Float32Array {
  const random = randomNumbers(seed);
  return silence(seconds).map(() => amplitude * (2 * random() - 1));
}

/** Pink noise (Voss-McCartney, 12 octaves), about -35 dBFS. */
export function pinkNoise(seconds: number, seed = 1): Float32Array {
  const random = randomNumbers(seed);
  const octaves = Array.from({ length: 12 }, () => random() - 0.5);
  return silence(seconds).map((_, index) => {
    const octave = Math.min(octaves.length - 1, Math.clz32((index + 1) & -(index + 1)) ^ 31);
    octaves[octave] = random() - 0.5;
    return (0.15 * octaves.reduce((sum, value) => sum + value, 0)) / octaves.length;
  });
}

/**
 * Somebody types, about seven keys a second in bursts with pauses: each key is two noisy clicks (down and up) that
 * ring for a few milliseconds at 2 to 5 kHz with a low thump; peaks about -8 dBFS; over soft noise.
 */
export function keyboard(seconds: number, seed = 1): Float32Array {
  const random = randomNumbers(seed);
  const samples = whiteNoise(seconds, seed + 1, 0.002);
  for (let time = 0.3; time < seconds - 0.5; ) {
    addClick(samples, time, 0.15 + 0.25 * random(), random);
    addClick(samples, time + 0.06 + 0.05 * random(), 0.08 + 0.1 * random(), random);
    time += random() < 0.1 ? 0.6 + random() : 0.09 + 0.1 * random();
  }
  return samples;
}

function addClick(samples: Float32Array, time: number, loudness: number, random: () => number): void {
  const start = Math.round(time * SAMPLE_RATE);
  const ring = 2_000 + 3_000 * random();
  const thump = 120 + 120 * random();
  for (let index = 0; index < 0.03 * SAMPLE_RATE && start + index < samples.length; index += 1) {
    const passed = index / SAMPLE_RATE;
    const click =
      (0.6 * Math.sin(2 * Math.PI * ring * passed) + 0.8 * (random() - 0.5)) * Math.exp(-passed / 0.003);
    const body = 0.3 * Math.sin(2 * Math.PI * thump * passed) * Math.exp(-passed / 0.01);
    samples[start + index] = (samples[start + index] ?? 0) + loudness * (click + body);
  }
}

/** One after the other. */
export function concatenate(...parts: Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Both at once. */
export function mix(speech: Float32Array, noise: Float32Array): Float32Array {
  return speech.map((sample, index) => sample + (noise[index] ?? 0));
}
