import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../processes/run.ts';

/** The program that Windows starts for a click on a toast of SnoreToast 0.7.0 whose own process has ended. */
const SERVER = 'HKCU\\Software\\Classes\\CLSID\\{eb1fdd5b-8f70-4b5a-b230-998a2dc19303}\\LocalServer32';

/**
 * Removes the entry of the Start menu if Windows would start another program for a click in the Action Center, because an
 * update has moved SnoreToast. SnoreToast registers its own path only together with a new entry.
 * @param program path of SnoreToast
 * @param name of the entry
 */
export async function removeStaleEntry(program: string, name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { APPDATA: folder } = env;
  if (!folder) return;
  const { status, stdout } = await run('reg', ['query', SERVER, '/ve'], { env });
  const registered = /REG_SZ\s+(.*)/.exec(stdout.toString('latin1'))?.[1] ?? '';
  if (status === 0 && ascii(registered.trim()) === ascii(program)) return;
  await rm(join(folder, 'Microsoft', 'Windows', 'Start Menu', 'Programs', `${name}.lnk`), { force: true });
}

/** `reg` prints other characters in the code page of the console. */
function ascii(path: string): string {
  return path.replaceAll(/[^\x20-\x7e]+/g, '?').toLowerCase();
}
