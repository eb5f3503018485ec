import { spawnSync } from 'node:child_process';
import { childCommand } from './child.ts';
import { type Embedded, embedded } from './embedded.ts';
import { discard, extracted, findExtracted } from './extracted.ts';

/** More than the slowest disk needs for 100 MB, ms. */
const LIMIT_MS = 60_000;

/**
 * Returns the folder with the files of a group. The first start extracts all groups in a separate process, because
 * every page of the program that is read would count as memory of the daemon as long as it runs (76 MB).
 * @throws VoiceError cache-unusable, program-damaged
 */
export function partFolder(name: string, parts: Embedded): string {
  const found = findExtracted(name, parts);
  if (found !== null) return found;
  const { command, args } = childCommand('extract');
  // Its exit status does not matter: what it could not extract is tried here, with the reason.
  spawnSync(command, args, { stdio: 'ignore', timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  return extracted(name, parts);
}

/**
 * Removes a group with damaged files, so that partFolder() extracts it again.
 * @param folder the folder in which the damage was found
 * @returns false when the program did not extract that folder: a checkout, or the user's own copy
 */
function discardPart(name: string, folder: string): boolean {
  const parts = embedded();
  if (parts === null || findExtracted(name, parts) !== folder) return false;
  discard(folder);
  return true;
}

/**
 * Checks files of a group. In the single file, a group that fails is extracted again and checked once more.
 * @param folder where the files are
 * @param again returns the folder to which they are extracted
 * @param check takes the folder. @throws what is wrong with the files
 * @returns what the check returns
 */
export async function checkedPart<T>(
  { name, folder, again }: { name: string; folder: string; again: () => string },
  check: (folder: string) => Promise<T>,
  discardDamaged: typeof discardPart = discardPart,
): Promise<T> {
  try {
    return await check(folder);
  } catch (error) {
    if (!discardDamaged(name, folder)) throw error;
  }
  return check(again());
}

/** Extracts all groups; runs in the separate process. @throws as partFolder */
export function extractAll(): void {
  const parts = embedded();
  if (parts === null) return;
  for (const name of Object.keys(parts.groups)) extracted(name, parts);
}
