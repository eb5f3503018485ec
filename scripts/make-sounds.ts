/**
 * Makes the cues in assets/sounds: `node scripts/make-sounds.ts`. Short and soft: a rising pair of notes begins, a
 * falling one ends.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { encodeWav } from '../src/microphone/sound-files/wav.ts';
import type { SoundName } from '../src/sounds/sounds.ts';

/** Hz; sound cards play it without resampling. */
const RATE = 48_000;
/** Peak of a note, dBFS. */
const PEAK_DBFS = -18;
/** Attack of a note, s: shorter clicks. */
const ATTACK = 0.008;

interface Note {
  /** Hz */
  pitch: number;
  /** s from the start of the cue */
  at: number;
  /** s */
  length: number;
}

/** At most 150 ms each, so that the first cue does not cover the first word. */
const CUES: Record<SoundName, readonly Note[]> = {
  start: [
    { pitch: 659.26, at: 0, length: 0.07 },
    { pitch: 987.77, at: 0.045, length: 0.085 },
  ],
  end: [
    { pitch: 987.77, at: 0, length: 0.07 },
    { pitch: 659.26, at: 0.045, length: 0.085 },
  ],
  // One note: a second rising pair would sound like the first cue, and Silero takes a chord for a voice.
  done: [{ pitch: 1_174.66, at: 0, length: 0.15 }],
  asks: [
    { pitch: 880, at: 0, length: 0.06 },
    { pitch: 880, at: 0.08, length: 0.07 },
  ],
  // Three falling notes above the pitch of a voice: Silero took 311 and 233 Hz for speech.
  error: [
    { pitch: 932.33, at: 0, length: 0.05 },
    { pitch: 739.99, at: 0.045, length: 0.05 },
    { pitch: 587.33, at: 0.09, length: 0.06 },
  ],
};

function synthesise(notes: readonly Note[]): Float32Array {
  const length = Math.max(...notes.map(({ at, length }) => at + length));
  const sound = new Float32Array(Math.round(length * RATE));
  for (const { pitch, at, length } of notes) {
    const first = Math.round(at * RATE);
    for (let index = 0; index < length * RATE && first + index < sound.length; index++) {
      const time = index / RATE;
      const attack = Math.min(1, time / ATTACK);
      const decay = Math.cos((Math.PI / 2) * (time / length)) ** 2;
      const tone = Math.sin(2 * Math.PI * pitch * time) + 0.2 * Math.sin(4 * Math.PI * pitch * time);
      sound[first + index] = (sound[first + index] ?? 0) + attack * decay * tone;
    }
  }
  const peak = sound.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  return sound.map((sample) => (sample / peak) * 10 ** (PEAK_DBFS / 20));
}

const folder = fileURLToPath(new URL('../assets/sounds/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const [name, notes] of Object.entries(CUES)) {
  await writeFile(`${folder}${name}.wav`, encodeWav(synthesise(notes), RATE));
}
