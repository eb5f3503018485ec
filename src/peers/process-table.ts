import { LinuxProcesses } from './linux-processes.ts';
import { MacosProcesses } from './macos-processes.ts';
import type { ProcessTable } from './processes.ts';

/** For systems without a reader: it finds no process, so no peer counts as the user's. */
const NONE: ProcessTable = { find: () => null, environment: () => null, confinement: () => null };

/** Returns the process table of this system. */
export function processTable(): ProcessTable {
  if (process.platform === 'linux') return new LinuxProcesses();
  return process.platform === 'darwin' ? new MacosProcesses() : NONE;
}
