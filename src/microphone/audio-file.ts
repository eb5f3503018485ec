import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { VoiceError } from '../errors.ts';
import { convert } from './convert.ts';
import { SAMPLE_RATE } from './microphone.ts';
import { resample } from './resample.ts';
import { parseWav, WavProblem } from './wav.ts';

/** An hour of 48 kHz stereo, 16 bit, is 691 MB. */
const MAX_BYTES = 1_000_000_000;
/** The longest recording that is taken, s. */
export const MAX_SECONDS = 3_600;

const CHECK = 'Check the file with a player, or record it again.';

/**
 * The sound of a file: WAV by itself; anything else through ffmpeg or sox, where one of them is installed.
 * @returns 16 kHz mono samples in [-1, 1]
 * @throws VoiceError audio-invalid
 */
export async function readAudioFile(
  file: string,
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<Float32Array> {
  const samples = await decode(file, options);
  if (samples.length === 0) throw invalid(file, 'it holds no sound', CHECK);
  if (samples.length > MAX_SECONDS * SAMPLE_RATE) {
    throw invalid(file, 'it is longer than an hour', 'Cut it into parts.');
  }
  return samples;
}

async function decode(
  file: string,
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<Float32Array> {
  const bytes = await readBytes(file);
  try {
    const { samples, sampleRate } = parseWav(bytes);
    if (samples.length > MAX_SECONDS * sampleRate) {
      throw invalid(file, 'it is longer than an hour', 'Cut it into parts.');
    }
    return await resample(samples, sampleRate, SAMPLE_RATE);
  } catch (error) {
    if (!(error instanceof WavProblem)) throw error;
    if (error.kind === 'damaged') throw invalid(file, error.message, CHECK);
  }
  const result = await convert(resolve(file), { ...options, maxSeconds: MAX_SECONDS + 1 });
  if (result.kind === 'sound') return result.samples;
  if (result.kind === 'refused') throw invalid(file, `${result.program} says: ${result.reason}`, CHECK);
  throw invalid(
    file,
    'it is not a PCM WAV file',
    'Convert it to WAV, or install ffmpeg (or sox), which reads it.',
  );
}

async function readBytes(file: string): Promise<Buffer> {
  let handle: FileHandle | null = null;
  try {
    // Opening a named pipe would wait for its writer.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) throw invalid(file, 'it is not a regular file', 'Name a sound file.');
    if (stat.size === 0) throw invalid(file, 'it is empty', CHECK);
    if (stat.size > MAX_BYTES) throw invalid(file, 'it is larger than 1 GB', 'Cut it into parts.');
    return await handle.readFile();
  } catch (error) {
    if (error instanceof VoiceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(file, reason, 'Check its path and that you may read it.', error);
  } finally {
    await handle?.close();
  }
}

function invalid(file: string, reason: string, hint: string, cause?: unknown): VoiceError {
  return new VoiceError('audio-invalid', `${file} cannot be used: ${reason}.`, hint, { cause });
}
