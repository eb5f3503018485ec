import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLE_RATE } from '../../../src/microphone/microphone.ts';
import { resample } from '../../../src/microphone/sound-files/resample.ts';
import { parseWav } from '../../../src/microphone/sound-files/wav.ts';
import { concatenate, pinkNoise, silence } from '../../support/noise.ts';

/** Where the benchmark keeps what it made: sound and transcripts. */
export const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'codex-voice-bench',
  'vocabulary',
);

/** Debian's flite, festival with festvox-us-slt-hts, and espeak-ng; slow and quick. */
const VOICES = ['slt', 'hts', 'rms', 'awb', 'espeak'] as const;
const STRETCHES = [1.05, 0.9] as const;
/** Signal to noise, dB; null: no noise. */
const NOISES = [null, 20, 10] as const;

export type Voice = (typeof VOICES)[number];

/** How a sentence is spoken. */
export interface Manner {
  voice: Voice;
  /** Of the duration: below 1 is quicker. */
  stretch: number;
  snr: number | null;
}

/** The n-th way of speaking: each voice, rate and noise comes as often as each other, in every combination in turn. */
export function mannerOf(n: number): Manner {
  return {
    voice: VOICES[n % VOICES.length] ?? 'slt',
    stretch: STRETCHES[Math.floor(n / VOICES.length) % STRETCHES.length] ?? 1,
    snr: NOISES[n % NOISES.length] ?? null,
  };
}

/** The sentence as sound, 16 kHz mono, with a little silence around it; kept, so that the next run need not speak. */
export async function speak(text: string, { voice, stretch, snr }: Manner): Promise<Float32Array> {
  mkdirSync(CACHE, { recursive: true });
  const name = createHash('sha256')
    .update(JSON.stringify([text, voice, stretch]))
    .digest('hex')
    .slice(0, 24);
  const file = join(CACHE, `${name}.wav`);
  if (!existsSync(file)) {
    await synthesize(text, voice, stretch, `${file}.part`);
    renameSync(`${file}.part`, file);
  }
  const sound = parseWav(readFileSync(file));
  const speech = await resample(sound.samples, sound.sampleRate, SAMPLE_RATE);
  const clip = concatenate(silence(0.3), speech, silence(0.4));
  return snr === null ? clip : withNoise(clip, speech, snr);
}

async function synthesize(text: string, voice: Voice, stretch: number, file: string): Promise<void> {
  const execute = promisify(execFile);
  if (voice === 'espeak') {
    await execute('espeak-ng', ['-v', 'en-us', '-s', String(Math.round(160 / stretch)), '-w', file, text]);
  } else if (voice === 'hts') {
    const setting = `(begin (voice_cmu_us_slt_arctic_hts) (Parameter.set 'Duration_Stretch ${stretch}))`;
    const running = execute('text2wave', ['-eval', setting, '-o', file]);
    running.child.stdin?.end(text);
    await running;
  } else {
    await execute('flite', [
      '-voice',
      voice,
      '--setf',
      `duration_stretch=${stretch}`,
      '-t',
      text,
      '-o',
      file,
    ]);
  }
}

/** Pink noise that is this much weaker than the speech. */
function withNoise(clip: Float32Array, speech: Float32Array, snr: number): Float32Array {
  const noise = pinkNoise(clip.length / SAMPLE_RATE, clip.length);
  const gain = (loudness(speech) / loudness(noise)) * 10 ** (-snr / 20);
  return clip.map((sample, index) => sample + gain * (noise[index] ?? 0));
}

/** Root of the mean square. */
function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}
