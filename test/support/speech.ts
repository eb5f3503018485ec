import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AudioFrame, SAMPLE_RATE } from '../../src/microphone/microphone.ts';

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

/** The samples of a 16 kHz mono 16-bit PCM WAV file; anything else is refused. */
function readWav(path: string): Float32Array {
  const file = readFileSync(path);
  const format = chunk(file, 'fmt ');
  const shape = [
    format.readUInt16LE(0),
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  if (shape.join() !== `1,1,${SAMPLE_RATE},16`)
    throw new Error(`${path} is not 16 kHz mono 16-bit PCM: ${shape}`);
  const data = chunk(file, 'data');
  const samples = new Float32Array(data.length >> 1);
  return samples.map((_, index) => data.readInt16LE(index * 2) / 32_768);
}

function chunk(file: Buffer, id: string): Buffer {
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === id) return file.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
  }
  throw new Error(`no ${id} chunk`);
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
