import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { makePrivateFolder } from '../files/private-files.ts';
import { MAX_BYTES } from '../microphone/sound-files/audio-file.ts';

/** A recording as a file that the daemon can read. */
interface AudioFile {
  /** Absolute. */
  path: string;
  /** Deletes it when it is a copy. Call it once the daemon has read the file; it may be called again. */
  dispose(): Promise<void>;
}

/**
 * Returns the recording that `--audio` names. The daemon cannot read the pipes of another process: stdin (`-`) and named
 * pipes (`<(command)` in a shell) are copied into a private file, to be disposed of.
 * @throws VoiceError audio-invalid, usage
 */
export async function audioFile(name: string): Promise<AudioFile> {
  if (name === '-') {
    if (process.stdin.isTTY) {
      const hint = 'Pipe a recording into it: arecord -d 5 | codex-voice ask --audio -';
      throw new VoiceError('usage', 'stdin is a terminal, not a recording.', hint);
    }
    return copied(process.stdin, 'stdin');
  }
  const path = resolve(name);
  const isPipe = await stat(path).then(
    (found) => found.isFIFO(),
    () => false,
  );
  if (isPipe) return copied(createReadStream(path), name);
  return { path, dispose: async () => undefined };
}

async function copied(stream: NodeJS.ReadableStream, name: string): Promise<AudioFile> {
  // Not the runtime folder, which is memory.
  const folder = pathsOf().state;
  makePrivateFolder(folder);
  const path = join(folder, `recording-${randomUUID()}.tmp`);
  const dispose = (): Promise<void> => rm(path, { force: true });
  try {
    await pipeline(stream, bounded(name), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    await dispose();
    throw error;
  }
  return { path, dispose };
}

/** Ends with an error what has no end, such as /dev/zero. */
function bounded(name: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      bytes += part.length;
      if (bytes <= MAX_BYTES) return done(null, part);
      const hint = 'Split it into parts.';
      done(new VoiceError('audio-invalid', `${name} cannot be used: it is larger than 1 GB.`, hint));
    },
  });
}
