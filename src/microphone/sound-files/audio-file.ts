import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, VoiceError } from '../../errors.ts';
import { installCommand } from '../../processes/packages.ts';
import { findProgram } from '../../processes/programs.ts';
import { SAMPLE_RATE } from '../microphone.ts';
import { convert } from './convert.ts';
import { resample } from './resample.ts';
import { soundFormat } from './sound-format.ts';
import { parseWav, WavProblem } from './wav.ts';

/** An hour of 48 kHz stereo, 16 bit, is 691 MB. */
export const MAX_BYTES = 1_000_000_000;
/** The longest recording that is taken, s. */
const MAX_SECONDS = 3_600;

const CHECK = 'Check the file with a player, or record it again.';
const USE_PART = 'Record it again, or use what is there: `codex-voice ask --audio FILE --partial`.';
const GET_FFMPEG = `Run \`${installCommand('ffmpeg')}\`, or convert the file to WAV.`;

interface ReadOptions {
  env: NodeJS.ProcessEnv;
  /** Takes a WAV file whose end is missing as far as it goes. */
  partial?: boolean;
  signal?: AbortSignal;
}

/**
 * Reads a sound file: WAV directly, others through ffmpeg or sox if installed.
 * @returns 16 kHz mono samples in [-1, 1]
 * @throws VoiceError audio-invalid
 */
export async function readAudioFile(file: string, options: ReadOptions): Promise<Float32Array> {
  const samples = await decode(file, options);
  if (samples.length === 0) throw invalid(file, 'it holds no sound', CHECK);
  if (samples.length > MAX_SECONDS * SAMPLE_RATE) {
    throw invalid(file, 'it is longer than an hour', 'Split it into parts.');
  }
  return samples;
}

async function decode(file: string, { partial = false, ...options }: ReadOptions): Promise<Float32Array> {
  const bytes = await readBytes(file);
  try {
    const { samples, sampleRate } = parseWav(bytes, { partial });
    if (samples.length > MAX_SECONDS * sampleRate) {
      throw invalid(file, 'it is longer than an hour', 'Split it into parts.');
    }
    return await resample(samples, sampleRate, SAMPLE_RATE);
  } catch (error) {
    if (!(error instanceof WavProblem)) throw error;
    if (error.kind === 'cut') throw invalid(file, error.message, USE_PART);
    if (error.kind === 'damaged') throw invalid(file, error.message, CHECK);
  }
  const result = await convert(resolve(file), { ...options, maxSeconds: MAX_SECONDS + 1 });
  if (result.kind === 'sound') return result.samples;
  const format = soundFormat(bytes);
  const ffmpeg = await findProgram('ffmpeg', options.env);
  // Without ffmpeg the file is not to blame: sox reads few formats.
  if (ffmpeg === null && format !== null)
    throw invalid(file, `it is ${format} file, and ffmpeg, which reads those, is not installed`, GET_FFMPEG);
  if (result.kind === 'refused') throw invalid(file, `${result.program} says: ${result.reason}`, CHECK);
  throw invalid(file, 'it is neither a WAV file nor a known sound format that ffmpeg could read', CHECK);
}

async function readBytes(file: string): Promise<Buffer> {
  let handle: FileHandle | null = null;
  try {
    // Opening a named pipe would wait for its writer.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) throw invalid(file, 'it is not a regular file', 'Name a sound file.');
    if (stat.size === 0) throw invalid(file, 'it is empty', CHECK);
    if (stat.size > MAX_BYTES) throw invalid(file, 'it is larger than 1 GB', 'Split it into parts.');
    return await handle.readFile();
  } catch (error) {
    if (error instanceof VoiceError) throw error;
    const reason = messageOf(error);
    throw invalid(file, reason, 'Check its path and that you may read it.', error);
  } finally {
    await handle?.close();
  }
}

function invalid(file: string, reason: string, hint: string, cause?: unknown): VoiceError {
  return new VoiceError('audio-invalid', `${file} cannot be used: ${reason}.`, hint, { cause });
}
