import { existsSync } from 'node:fs';
import { pathsOf } from '../files/paths.ts';
import { embedded } from '../single-file/embedded.ts';
import { stepsFile, updateFolder } from '../update/folder.ts';

/** May an update of this program be under way, or cut off? */
export function isUnderWay(env: NodeJS.ProcessEnv): boolean {
  return embedded() !== null && existsSync(stepsFile(updateFolder(pathsOf(env).state)));
}

/**
 * Ends an update that was cut off, before a verb begins; costs one look at the disk when there is none. Only the single
 * file updates itself. It never keeps a verb from its work: what goes wrong is said on stderr.
 */
export async function endInterruptedUpdate(env: NodeJS.ProcessEnv): Promise<void> {
  if (!isUnderWay(env)) return;
  const { recoverOwnUpdate } = await import('./recover-own-update.ts');
  await recoverOwnUpdate(env);
}
