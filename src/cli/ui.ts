import { pathsOf } from '../files/paths.ts';
import { runUi } from '../ui/run.ts';

/** Runs the screen in this terminal until the user leaves it. */
export async function ui(): Promise<void> {
  await runUi({ socket: pathsOf().controlSocket, env: process.env });
}
