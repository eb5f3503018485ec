import { messageOf } from '../../errors.ts';
import { findProgram } from '../../processes/programs.ts';
import { run } from '../../processes/run.ts';
import { lastLine } from '../../text/clean.ts';
import { SAMPLE_RATE } from '../microphone.ts';
import { parseWav } from './wav.ts';

/** Time limit for a converter, ms: both read an hour of sound in a few seconds. */
const TIMEOUT_MS = 60_000;
/** Of what a converter says, UTF-16 units. */
const MOST_REASON = 200;

type Converted =
  | { kind: 'sound'; samples: Float32Array }
  /** The program cannot read it. */
  | { kind: 'refused'; program: string; reason: string }
  /** No converter is installed. */
  | { kind: 'none' };

interface ConvertOptions {
  env: NodeJS.ProcessEnv;
  /** Longer sound is cut off. */
  maxSeconds: number;
  signal?: AbortSignal;
}

interface Converter {
  program: string;
  args(file: string, maxSeconds: number): string[];
}

/** Channels and bytes a sample that an hour of converted sound is allowed: the rest is a hostile file. */
const MOST_CHANNELS = 2;
const SAMPLE_BYTES = 2;

/**
 * Both print a 16 kHz WAV file of 16 bits and leave the channels apart: their own way to one channel loses a recording
 * with one phase turned. The path is absolute, so it is never taken for an option.
 */
const CONVERTERS: readonly Converter[] = [
  {
    program: 'ffmpeg',
    args: (file, maxSeconds) => [
      ...['-nostdin', '-v', 'error', '-protocol_whitelist', 'file', '-i', `file:${file}`],
      ...['-t', String(maxSeconds), '-vn', '-af', 'aformat=channel_layouts=mono|stereo'],
      ...['-ar', String(SAMPLE_RATE), '-c:a', 'pcm_s16le'],
      ...['-f', 'wav', '-protocol_whitelist', 'pipe', 'pipe:1'],
    ],
  },
  {
    program: 'sox',
    args: (file, maxSeconds) => [
      ...['-V1', file, '-t', 'wav', '-r', String(SAMPLE_RATE)],
      ...['-e', 'signed-integer', '-b', '16', '-', 'trim', '0', String(maxSeconds)],
    ],
  },
];

/** Decodes any sound file through ffmpeg or else sox. @param file an absolute path */
export async function convert(file: string, { env, maxSeconds, signal }: ConvertOptions): Promise<Converted> {
  let refused: Converted = { kind: 'none' };
  for (const { program, args } of CONVERTERS) {
    const path = await findProgram(program, env);
    if (path === null) continue;
    const { status, stdout, words } = await run(path, args(file, maxSeconds), {
      env,
      signal,
      timeoutMs: TIMEOUT_MS,
      mostBytes: maxSeconds * SAMPLE_RATE * MOST_CHANNELS * SAMPLE_BYTES + 65_536,
    });
    const result: Converted =
      status === 0
        ? toSound(program, stdout)
        : { kind: 'refused', program, reason: lastLine(words, MOST_REASON) };
    if (result.kind === 'sound') return result;
    if (refused.kind === 'none') refused = result;
  }
  return refused;
}

/** A program that writes into a pipe cannot know the size in advance. */
function toSound(program: string, bytes: Buffer): Converted {
  try {
    return { kind: 'sound', samples: parseWav(bytes).samples };
  } catch (error) {
    return { kind: 'refused', program, reason: messageOf(error) };
  }
}
