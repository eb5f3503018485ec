import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { VoiceError } from '../errors.ts';

/** The SHA-256 of a file as lower-case hex, read piece by piece. @throws the error of the file system */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Makes sure that a model file is there, can be read and is the one that is meant.
 * @param sha256 what it must be; null when nobody knows
 * @throws VoiceError model-missing, model-corrupt
 */
export async function verifyModel(path: string, sha256: string | null): Promise<void> {
  const bytes = await sizeOf(path);
  if (bytes === 0) throw corrupt(path, 'it is empty');
  if (sha256 === null) return;
  const actual = await sha256Of(path).catch((error: unknown) => {
    throw missing(path, error);
  });
  if (actual !== sha256) {
    throw corrupt(path, `its SHA-256 is ${actual}, not ${sha256} (${bytes} bytes; truncated or altered)`);
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw missing(path, error);
  });
  if (!found.isFile()) throw missing(path, new Error('it is not a file'));
  return found.size;
}

function missing(path: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError(
    'model-missing',
    `The Whisper model ${path} cannot be read: ${reason}.`,
    '`codex-voice models` lists what is there, `codex-voice models get NAME` downloads another one.',
    { cause },
  );
}

/** The error of a model file that is there but not what it should be. */
export function corrupt(path: string, reason: string): VoiceError {
  return new VoiceError(
    'model-corrupt',
    `The Whisper model ${path} is damaged: ${reason}.`,
    '`codex-voice models get NAME` downloads it again; the embedded tiny.en is always there.',
  );
}
