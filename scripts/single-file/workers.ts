import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WORKER_GROUP, type WorkerName } from '../../src/single-file/worker.ts';
import { bundleWorker } from './bundle.ts';
import type { GroupSource } from './contents.ts';
import type { Target } from './target.ts';

/** The threads of Windows. */
const NAMES: readonly WorkerName[] = ['hotkey/windows/worker', 'microphone/winmm/worker'];

/** Bundles the threads that the program of a machine starts. @param work folder for the bundles */
export async function workerSources(root: string, target: Target, work: string): Promise<GroupSource[]> {
  return target.startsWith('win32-') ? [await bundledWorkers(root, NAMES, work)] : [];
}

/** Bundles these threads into a group of the single file. */
export async function bundledWorkers(
  root: string,
  names: readonly WorkerName[],
  work: string,
): Promise<GroupSource> {
  const files: Record<string, string> = {};
  for (const name of names) {
    const file = join(work, `${name}.cjs`);
    await mkdir(dirname(file), { recursive: true });
    await bundleWorker(root, name, file);
    files[`${name}.cjs`] = file;
  }
  return { name: WORKER_GROUP, native: false, files };
}
