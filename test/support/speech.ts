import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AudioFrame, SAMPLE_RATE } from '../../src/microphone/microphone.ts';
import { parseWav } from '../../src/microphone/sound-files/wav.ts';

/** A recorded sentence of test/data/speech and what is said in it. */
export interface Clip {
  id: string;
  /** Absolute path of the WAV file. */
  path: string;
  text: string;
  /** Seconds, as the manifest says. */
  duration: number;
  speaker: string;
  /** 16 kHz mono. */
  samples: Float32Array;
}

const FOLDER = new URL('../data/speech/', import.meta.url);

/** Every clip of the speech set. */
export function speechSet(): Clip[] {
  const lines = readFileSync(new URL('manifest.jsonl', FOLDER), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { id, file, text, dur, speaker } = JSON.parse(line) as Record<string, string> & { dur: number };
    if (!id || !file || !text || !speaker) throw new Error(`an incomplete line in the manifest: ${line}`);
    const path = fileURLToPath(new URL(file, FOLDER));
    return { id, path, text, duration: dur, speaker, samples: readWav(path) };
  });
}

/** One clip by its id. */
export function clip(id: string): Clip {
  const found = speechSet().find((each) => each.id === id);
  if (!found) throw new Error(`no clip ${id} in the speech set`);
  return found;
}

/** The samples of a WAV file, which must be of the program's own rate. */
function readWav(path: string): Float32Array {
  const { sampleRate, samples } = parseWav(readFileSync(path));
  if (sampleRate !== SAMPLE_RATE) throw new Error(`${path} has ${sampleRate} Hz`);
  return samples;
}

/**
 * Sound as a microphone delivers it, in frames of 20 ms, but as fast as it is taken; the stamps run in real time from
 * now on.
 */
export async function* framesOf(samples: Float32Array, frameSamples = 320): AsyncGenerator<AudioFrame> {
  const start = performance.now();
  for (let from = 0; from < samples.length; from += frameSamples) {
    const piece = samples.subarray(from, from + frameSamples);
    yield { samples: piece, at: start + ((from + piece.length) / SAMPLE_RATE) * 1_000 };
  }
}
