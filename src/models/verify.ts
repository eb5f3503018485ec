import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { VoiceError } from '../errors.ts';
import { checkedPart } from '../single-file/part-folder.ts';
import { EAR_GROUP, EAR_PARTS, type EarFiles, earFiles, earFolder } from './ear-files.ts';

/** The SHA-256 of a file as lower-case hex, read piece by piece. @throws the error of the file system */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Makes sure that a model file is there, can be read and is the one that is meant.
 * @param sha256 the expected value; null when it is unknown
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

/**
 * The files of the embedded model, each checked by its SHA-256. In the single file, damaged ones are extracted again.
 * @param folder EarModel.folder, or another folder with copies of the files
 * @throws VoiceError model-missing; model-corrupt, which names every damaged file; cache-unusable, program-damaged
 */
export async function checkedEar(folder: string): Promise<EarFiles> {
  return checkedPart({ name: EAR_GROUP, folder, again: earFolder }, async (place) => {
    const files = earFiles(place);
    await verifyEar(files);
    return files;
  });
}

async function verifyEar(files: EarFiles): Promise<void> {
  const checked = await Promise.allSettled(
    EAR_PARTS.map((part) => verifyModel(files[part].path, files[part].sha256)),
  );
  const problems = checked.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const [first] = problems;
  if (problems.length < 2 || !(first instanceof VoiceError)) {
    if (first !== undefined) throw first;
    return;
  }
  const messages = problems.map((problem) => (problem instanceof Error ? problem.message : String(problem)));
  throw new VoiceError(first.code, messages.join(' '), first.hint, { cause: new AggregateError(problems) });
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
    'Run `codex-voice models` to list the models, or `codex-voice models get NAME` to download one.',
    { cause },
  );
}

/** The error of a model file that is there but not what it should be. */
export function corrupt(path: string, reason: string): VoiceError {
  return new VoiceError(
    'model-corrupt',
    `The Whisper model ${path} is damaged: ${reason}.`,
    'Run `codex-voice models get NAME` to download it again. If it is the embedded tiny.en, install codex-voice again.',
  );
}
