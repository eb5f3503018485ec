import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VoiceError } from '../errors.ts';
import { cacheFolders, openCacheFolder } from '../files/cache-folder.ts';
import { type Embedded, type EmbeddedGroup, embeddedContent } from './embedded.ts';
import { type Content, checkGroup, writeGroup } from './group-files.ts';
import { groupFolder, markUsed, removeStale } from './stale-groups.ts';

/** How often another process may put a folder in the way while ours is put in place. */
const TRIES = 10;

export interface ExtractOptions {
  env?: NodeJS.ProcessEnv;
  /** Reads what is embedded. */
  content?: Content;
}

/**
 * The folder that holds the files of a group on the disk: found there whole, or extracted. Any number of processes
 * may do so at once. Folders that cannot be used (full, mounted noexec, another user's) are passed over.
 * @throws VoiceError cache-unusable when there is none left; program-damaged
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

/** The folder that holds the group's files already; null: they have to be extracted. */
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

/** Extracts into a folder of its own and renames that: whoever sees the final name sees all files. */
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

/** What another process put there in the meantime stays when it is whole; what is broken goes. */
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

/** Removes an extracted folder. It is renamed first, so that no process finds it half removed. */
export function discard(place: string): void {
  const aside = mkdtempSync(`${place}-broken-`);
  try {
    renameSync(place, join(aside, 'files'));
  } catch (error) {
    // Another process was quicker.
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
    return false; // Missing, broken or unusable: it is made again, there or elsewhere, which says why it cannot be.
  }
}

/** Linux says ENOTEMPTY (a folder with files) or ENOTDIR (a file), macOS EEXIST too, Windows EPERM. */
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
