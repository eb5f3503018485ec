import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SchedulingGroup } from './priority.ts';

/** Paths on Linux; tests replace them. */
interface KernelPlaces {
  proc?: string;
  cgroup?: string;
}

/**
 * Returns what the scheduler compares with other programs before nice values: a control group with a weight (cgroup
 * v2), else the session if the kernel groups by session (sched(7), autogroup), else nothing.
 */
export function schedulingGroup(
  pid: number,
  { proc = '/proc', cgroup = '/sys/fs/cgroup' }: KernelPlaces = {},
): SchedulingGroup {
  const weight = weightOf(join(proc, String(pid), 'cgroup'), cgroup);
  if (weight !== null) return { kind: 'cgroup', weight };
  const enabled = read(join(proc, 'sys/kernel/sched_autogroup_enabled')).trim() === '1';
  const nice = /nice (-?\d+)$/m.exec(read(join(proc, String(pid), 'autogroup')))?.[1];
  return enabled && nice !== undefined ? { kind: 'session', nice: Number(nice) } : { kind: 'none' };
}

/**
 * Sets the nice value of a process's session, if sessions are compared. Children that start a new session are not
 * raised. Only root or a user with RLIMIT_NICE may go below 0; for others nothing changes.
 */
export function raiseSession(pid: number, nice: number, places: KernelPlaces = {}): void {
  const group = schedulingGroup(pid, places);
  if (group.kind !== 'session' || group.nice <= nice) return;
  try {
    writeFileSync(join(places.proc ?? '/proc', String(pid), 'autogroup'), String(nice));
  } catch {
    // Refused, or changed less than 100 ms ago (EAGAIN). The nice value of the process is raised in any case.
  }
}

/** Returns the weight of the innermost group with the controller; null when only the root group has it. */
function weightOf(file: string, root: string): number | null {
  const path = /^0::(\/.*)$/m.exec(read(file))?.[1];
  if (path === undefined) return null;
  for (let folder = path; folder !== '/'; folder = dirname(folder)) {
    const weight = join(root, folder, 'cpu.weight');
    if (existsSync(weight)) return Number(read(weight)) || null;
  }
  return null;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
