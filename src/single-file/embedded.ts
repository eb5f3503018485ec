import { createHash } from 'node:crypto';
import { getRawAsset } from 'node:sea';
import { setImmediate } from 'node:timers/promises';
import { VoiceError } from '../errors.ts';

/** A file inside the single file. */
export interface EmbeddedFile {
  /** Path within its group, with `/`. */
  name: string;
  bytes: number;
  sha256: string;
}

/** Files that are extracted together: native libraries find each other in their folder. */
export interface EmbeddedGroup {
  /** Hash of all its files; it names the folder to which they are extracted. */
  hash: string;
  /** Native code, which needs a folder that is not mounted noexec. */
  native: boolean;
  files: readonly EmbeddedFile[];
}

/** What the single file was built from. */
export interface Embedded {
  /** Git commit, with `-dirty` after uncommitted changes; null when it was built without git. */
  commit: string | null;
  /** Versions of the packages inside, by name. */
  packages: Readonly<Record<string, string>>;
  groups: Readonly<Record<string, EmbeddedGroup>>;
}

/** Replaced by the bundler; undefined in a checkout. */
declare const CODEX_VOICE_EMBEDDED: Embedded | undefined;

/** Describes the content of this single file; null when the program runs from a checkout or npm. */
export function embedded(): Embedded | null {
  return typeof CODEX_VOICE_EMBEDDED === 'undefined' ? null : CODEX_VOICE_EMBEDDED;
}

/**
 * Returns the content of an embedded file, which must not be modified.
 * @throws VoiceError program-damaged when the content has changed since the build
 */
export function embeddedContent(group: string, file: EmbeddedFile): Uint8Array {
  const content = readEmbedded(group, file);
  if (content === null) throw damaged([embeddedKey(group, file.name)]);
  return content;
}

/** Lists the embedded files that have changed since the build. */
export async function damagedFiles({ groups }: Embedded, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for (const [group, { files }] of Object.entries(groups)) {
    for (const file of files) {
      if (readEmbedded(group, file) === null) names.push(embeddedKey(group, file.name));
      // Lets other work run between two files.
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  return names;
}

/** The error that names the damaged files of the program. */
export function damaged(names: readonly string[]): VoiceError {
  return new VoiceError(
    'program-damaged',
    `The program ${process.execPath} is damaged. These files inside it have changed: ${names.join(', ')}.`,
    'Install codex-voice again. Your settings and your journal are kept.',
  );
}

/** Returns null when the content has changed since the build. */
function readEmbedded(group: string, file: EmbeddedFile): Uint8Array | null {
  // A view of the program's memory, not a copy.
  const content = new Uint8Array(getRawAsset(embeddedKey(group, file.name)));
  return createHash('sha256').update(content).digest('hex') === file.sha256 ? content : null;
}

/** The name under which Node's single executable format knows the file. */
export function embeddedKey(group: string, name: string): string {
  return `${group}/${name}`;
}
