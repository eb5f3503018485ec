import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VoiceError } from '../errors.ts';
import { cacheFolders, openCacheFolder } from '../files/cache-folder.ts';
import { type Embedded, type EmbeddedGroup, embeddedContent } from './embedded.ts';
import { type Content, checkGroup, writeGroup } from './group-files.ts';
import { groupFolder, markUsed, removeStale } from './stale-groups.ts';

/** How often to retry when another process puts a folder in the way. */
const TRIES = 10;

interface ExtractOptions {
  env?: NodeJS.ProcessEnv;
  /** Default: the content inside this program. */
  content?: Content;
}

/**
 * Returns the folder with the extracted files of a group, extracting them if necessary. Any number of processes may do
 * so at once. Unusable folders (full, mounted noexec, another user's) are passed over.
 * @throws VoiceError cache-unusable when no folder is usable; program-damaged
 */
export function extracted(
  name: string,
  { groups }: Pick<Embedded, 'groups'>,
  { env = process.env, content = embeddedContent }: ExtractOptions = {},
): string {
  const known = findExtracted(name, { groups }, env);
  if (known !== null) return known;
  const group = groupOf(name, { groups });
  const refused: string[] = [];
  for (const folder of cacheFolders(env)) {
    try {
      openCacheFolder(folder);
      removeStale(folder, groups);
      return put(name, group, folder, content);
    } catch (error) {
      if (error instanceof VoiceError && error.code === 'program-damaged') throw error;
      refused.push(`${folder}: ${reasonOf(error)}`);
    }
  }
  throw unusable(refused);
}

/** Returns the folder with the extracted files of a group; null: they are not extracted yet. */
export function findExtracted(
  name: string,
  parts: Pick<Embedded, 'groups'>,
  env: NodeJS.ProcessEnv = process.env,
): string | null {
  const group = groupOf(name, parts);
  const place = groupFolder(name, group);
  const known = cacheFolders(env)
    .map((folder) => join(folder, place))
    .find((path) => isWhole(path, group));
  if (known === undefined) return null;
  markUsed(known);
  return known;
}

function groupOf(name: string, { groups }: Pick<Embedded, 'groups'>): EmbeddedGroup {
  const group = groups[name];
  if (group === undefined) throw new Error(`there is no group "${name}" in this program`);
  return group;
}

/** Extracts into a temporary folder and renames it, so that the final name always has all files. */
function put(name: string, group: EmbeddedGroup, folder: string, content: Content): string {
  const place = join(folder, groupFolder(name, group));
  const temporary = mkdtempSync(join(folder, `.${name}-`));
  try {
    writeGroup(temporary, name, group, content);
    checkGroup(temporary, group);
    moveInto(place, temporary, group);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return place;
}

/** Keeps what another process extracted meanwhile if it is complete, and replaces it if it is broken. */
function moveInto(place: string, temporary: string, group: EmbeddedGroup): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(temporary, place);
      return;
    } catch (error) {
      if (attempt === TRIES || !isInTheWay(error)) throw error;
      if (isWhole(place, group)) return;
      discard(place);
    }
  }
}

/** Removes an extracted folder. It is renamed first, so that no process finds half of it. */
export function discard(place: string): void {
  const aside = mkdtempSync(`${place}-broken-`);
  try {
    renameSync(place, join(aside, 'files'));
  } catch (error) {
    // Another process was faster.
    if (codeOf(error) !== 'ENOENT') throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function isWhole(place: string, group: EmbeddedGroup): boolean {
  try {
    checkGroup(place, group);
    return true;
  } catch {
    return false; // Missing, broken or unusable: extracting again repairs it or reports the reason.
  }
}

/** Linux reports ENOTEMPTY (a folder with files) or ENOTDIR (a file), macOS also EEXIST, Windows EPERM. */
function isInTheWay(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(String(codeOf(error)));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota is used up',
  EROFS: 'it is read-only',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
};

function reasonOf(error: unknown): string {
  const cause = error instanceof VoiceError ? error.cause : error;
  const known = REASONS[String(codeOf(cause))];
  return known ?? (cause instanceof Error ? cause.message : String(cause));
}

function unusable(refused: readonly string[]): VoiceError {
  return new VoiceError(
    'cache-unusable',
    `The files inside the program cannot be extracted. ${refused.join('; ')}.`,
    'Free space in one of these folders, or set XDG_CACHE_HOME to your own folder, not mounted noexec.',
  );
}
