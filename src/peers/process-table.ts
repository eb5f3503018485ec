import { LinuxProcesses } from './linux-processes.ts';
import { MacosProcesses } from './macos-processes.ts';
import type { ProcessTable } from './processes.ts';

/** Sees nothing, so that no peer counts as the user's there. */
const NONE: ProcessTable = { find: () => null, environment: () => null, confinement: () => null };

/** The processes of this system. */
export function processTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  if (platform === 'linux') return new LinuxProcesses();
  return platform === 'darwin' ? new MacosProcesses() : NONE;
}
