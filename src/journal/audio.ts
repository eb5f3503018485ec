import {
  close,
  closeSync,
  existsSync,
  fsync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { makePrivateFolder, unwritable } from '../files/private-files.ts';
import { encodeS16 } from '../microphone/s16.ts';
import { parseWav, WAV_HEADER_BYTES, wavHeader } from '../microphone/sound-files/wav.ts';

interface AudioStoreOptions {
  logger: Logger;
  /** Recordings that are kept at most; default 100. */
  maxFiles?: number;
  /** Maximum total size, bytes. Default: 256 MiB. */
  maxBytes?: number;
}

/** A recording as it was found. */
interface FoundAudio {
  /** 16 kHz mono. */
  samples: Float32Array;
  /** False: the program died during the recording. */
  whole: boolean;
}

/** A recording on its way to the disk. */
export interface KeptAudio {
  /** Adds sound, 16 kHz mono in [-1, 1]. @throws VoiceError state-unwritable */
  append(samples: Float32Array): void;
  /** Completes the file, and lets it reach the disk in the background. @throws VoiceError state-unwritable */
  close(): void;
}

/**
 * The sound of utterances whose transcript is not known yet, one private WAV file each: after a crash it can be
 * transcribed again. Discard it once the transcript is in the journal. What is never fetched is bounded: the
 * oldest go first.
 */
export class AudioStore {
  readonly #folder: string;
  readonly #options: Required<AudioStoreOptions>;

  /** @throws VoiceError state-unwritable */
  static open(folder: string, options: AudioStoreOptions): AudioStore {
    makePrivateFolder(folder);
    const store = new AudioStore(folder, { maxFiles: 100, maxBytes: 256 * 1024 * 1024, ...options });
    store.#prune();
    return store;
  }

  private constructor(folder: string, options: Required<AudioStoreOptions>) {
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * Begins to keep a recording: what has been appended is found by `load` even when this process dies.
   * @throws VoiceError state-unwritable
   */
  begin(id: string): KeptAudio {
    this.#prune();
    return new WavWriter(this.#path(id), this.#options.logger);
  }

  /** Keeps a whole recording, 16 kHz mono. @throws VoiceError state-unwritable */
  save(id: string, samples: Float32Array): void {
    const audio = this.begin(id);
    try {
      audio.append(samples);
    } finally {
      audio.close();
    }
  }

  /** The recording, as far as it came; null when there is none. @throws VoiceError audio-invalid */
  async load(id: string): Promise<FoundAudio | null> {
    const file = this.#path(id);
    const bytes = await readFile(file).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw invalid(file, error);
    });
    if (bytes === null) return null;
    try {
      const { samples } = parseWav(bytes, { partial: true });
      const header = wavHeader(Math.max(0, bytes.length - WAV_HEADER_BYTES));
      return { samples, whole: bytes.subarray(0, WAV_HEADER_BYTES).equals(header) };
    } catch (error) {
      throw invalid(file, error);
    }
  }

  /** The file of a recording; null when there is none. */
  pathOf(id: string): string | null {
    const file = this.#path(id);
    return existsSync(file) ? file : null;
  }

  /** Deletes the recording; nothing happens when there is none. */
  discard(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** The utterances whose recording is kept, oldest first. */
  ids(): string[] {
    return this.#files().map(({ name }) => name.slice(0, -'.wav'.length));
  }

  #path(id: string): string {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new Error(`not an utterance id: ${JSON.stringify(id)}`);
    return join(this.#folder, `${id}.wav`);
  }

  #files(): { name: string; bytes: number; modified: number }[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.wav'))
      .flatMap((name) => {
        const stat = statSync(join(this.#folder, name), { throwIfNoEntry: false });
        return stat ? [{ name, bytes: stat.size, modified: stat.mtimeMs }] : [];
      })
      .toSorted((a, b) => a.modified - b.modified);
  }

  #prune(): void {
    const files = this.#files();
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (let count = files.length; count > 0; count -= 1) {
      const oldest = files[files.length - count];
      if (!oldest || (count < this.#options.maxFiles && bytes < this.#options.maxBytes)) return;
      this.#options.logger.warn({ file: oldest.name }, 'a kept recording is deleted to make room');
      rmSync(join(this.#folder, oldest.name), { force: true });
      bytes -= oldest.bytes;
    }
  }
}

class WavWriter implements KeptAudio {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #logger: Logger;
  #bytes = 0;

  constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
    try {
      this.#descriptor = openSync(file, 'w', 0o600);
    } catch (error) {
      throw unwritable(file, error);
    }
    this.#attempt(() => writeFileSync(this.#descriptor, wavHeader(0)));
  }

  append(samples: Float32Array): void {
    const bytes = encodeS16(samples);
    this.#attempt(() => writeFileSync(this.#descriptor, bytes));
    this.#bytes += bytes.length;
  }

  close(): void {
    try {
      this.#attempt(() => writeSync(this.#descriptor, wavHeader(this.#bytes), 0, WAV_HEADER_BYTES, 0));
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
    // Not waited for: a busy disk takes long, and the text that makes this file needless is often there already.
    fsync(this.#descriptor, (error) => {
      if (error)
        this.#logger.warn({ err: error, file: this.#file }, 'a recording may not have reached the disk');
      close(this.#descriptor);
    });
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw unwritable(this.#file, error);
    }
  }
}

function invalid(file: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'The recording is lost. Delete the file.';
  return new VoiceError('audio-invalid', `The kept recording ${file} cannot be read: ${reason}.`, hint, {
    cause,
  });
}
