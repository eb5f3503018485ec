import { readFile } from 'node:fs/promises';
import { output } from './run.ts';

/**
 * Returns the start time of a process in the system's format; null when it does not run. It distinguishes the process
 * from a later one with the same id.
 */
export async function startTime(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'win32') return (await import('../win32/processes.ts')).createdAt(pid);
    if (process.platform !== 'linux') {
      return (await output('ps', ['-o', 'lstart=', '-p', String(pid)])).trim() || null;
    }
    // proc(5): field 22 is the start in clock ticks since boot. The name (field 2) may contain anything, also ')'.
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null; // It does not run.
  }
}
