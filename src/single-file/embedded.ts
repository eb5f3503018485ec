import { createHash } from 'node:crypto';
import { getRawAsset } from 'node:sea';
import { setImmediate } from 'node:timers/promises';
import { VoiceError } from '../errors.ts';

/** A file inside the single file, as it was when the single file was built. */
export interface EmbeddedFile {
  /** Path within its group, with `/`. */
  name: string;
  bytes: number;
  sha256: string;
}

/** Files that lie together on the disk: native libraries find each other in their own folder. */
export interface EmbeddedGroup {
  /** Of all its files: the folder it is extracted to is named after it. */
  hash: string;
  /** Code of the machine, which needs a folder from which programs may run. */
  native: boolean;
  files: readonly EmbeddedFile[];
}

/** What the single file was built from. */
export interface Embedded {
  /** Git commit, with `-dirty` when the sources had changes; null where there was no git. */
  commit: string | null;
  /** Versions of the packages inside, by name. */
  packages: Readonly<Record<string, string>>;
  groups: Readonly<Record<string, EmbeddedGroup>>;
}

/** Replaced by the bundler; does not exist in a checkout. */
declare const CODEX_VOICE_EMBEDDED: Embedded | undefined;

/** What this single file holds; null when the program runs from its folders (a checkout, npm). */
export function embedded(): Embedded | null {
  return typeof CODEX_VOICE_EMBEDDED === 'undefined' ? null : CODEX_VOICE_EMBEDDED;
}

/**
 * The content of an embedded file; it must not be written to.
 * @throws VoiceError program-damaged when it is not what was built in
 */
export function embeddedContent(group: string, file: EmbeddedFile): Uint8Array {
  const content = readEmbedded(group, file);
  if (content === null) throw damaged([embeddedKey(group, file.name)]);
  return content;
}

/** All files of the program that are not what was built in. */
export async function damagedFiles({ groups }: Embedded, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for (const [group, { files }] of Object.entries(groups)) {
    for (const file of files) {
      if (readEmbedded(group, file) === null) names.push(embeddedKey(group, file.name));
      // Between two files others get their turn.
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  return names;
}

/** The error that names what is damaged in the program. */
export function damaged(names: readonly string[]): VoiceError {
  return new VoiceError(
    'program-damaged',
    `The program ${process.execPath} is damaged. These files inside it have changed: ${names.join(', ')}.`,
    'Install codex-voice again. Your settings and your journal are kept.',
  );
}

/** null: it is not what was built in. */
function readEmbedded(group: string, file: EmbeddedFile): Uint8Array | null {
  // Not a copy: a view of the program's own memory.
  const content = new Uint8Array(getRawAsset(embeddedKey(group, file.name)));
  return createHash('sha256').update(content).digest('hex') === file.sha256 ? content : null;
}

/** The name under which Node's single executable format knows the file. */
export function embeddedKey(group: string, name: string): string {
  return `${group}/${name}`;
}
