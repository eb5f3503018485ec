import { join } from 'node:path';

/** The folder of all that is kept about updates, in the state folder. */
export function updateFolder(state: string): string {
  return join(state, 'update');
}

/** The journal's file; it exists only while an update is under way. */
export function stepsFile(folder: string): string {
  return join(folder, 'steps.json');
}
