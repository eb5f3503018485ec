import { Worker } from 'node:worker_threads';
import { embedded, embeddedContent } from './embedded.ts';

/** Threads for calls that wait or must not be late: the path of a module in src/, without its ending. */
export type WorkerName = 'hotkey/windows/worker' | 'microphone/winmm/worker';

/** The group of the single file that has a bundle of each worker. */
export const WORKER_GROUP = 'workers';

/**
 * Starts a thread of this program. In the single file it runs the bundle of its module (scripts/single-file/workers.ts).
 * @param data what the module reads from `workerData`
 * @throws VoiceError program-damaged; Error when this machine's single file has no such thread
 */
export function startWorker(name: WorkerName, data: Readonly<Record<string, unknown>> = {}): Worker {
  const parts = embedded();
  if (parts === null) {
    // The package on npm has its modules as JavaScript.
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    return new Worker(new URL(`../${name}.${ending}`, import.meta.url), { workerData: data });
  }
  const file = parts.groups[WORKER_GROUP]?.files.find((each) => each.name === `${name}.cjs`);
  if (file === undefined) throw new Error(`there is no thread "${name}" in this program`);
  const code = new TextDecoder().decode(embeddedContent(WORKER_GROUP, file));
  return new Worker(code, { eval: true, workerData: { ...data, embedded: parts } });
}
