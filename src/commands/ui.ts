import { pathsOf } from '../files/paths.ts';
import { runUi } from '../ui/run.ts';

/** The screen of our own, in this terminal, until it is left. */
export async function ui(): Promise<void> {
  await runUi({ socket: pathsOf().controlSocket, env: process.env });
}
