import { readFileSync, readlinkSync } from 'node:fs';
import type { Confinement, ProcessFacts, ProcessTable } from './processes.ts';

/** The processes of Linux, from /proc (proc(5)). */
export class LinuxProcesses implements ProcessTable {
  find(pid: number): ProcessFacts | null {
    const line = read(`/proc/${pid}/stat`);
    if (line === null) return null;
    // The name (field 2) may contain anything, also ')'. State, parent and start are fields 3, 4 and 22.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state, parent, started] = [fields[0], Number(fields[1]), fields[19]];
    if (state === 'Z' || started === undefined || !Number.isInteger(parent)) return null;
    return { pid, parent, started };
  }

  environment(pid: number): string[] | null {
    return read(`/proc/${pid}/environ`)?.split('\0').filter(Boolean) ?? null;
  }

  confinement(pid: number): Confinement | null {
    const status = read(`/proc/${pid}/status`);
    const groups = read(`/proc/${pid}/cgroup`);
    const namespace = target(`/proc/${pid}/ns/pid`);
    if (status === null || groups === null || namespace === null) return null;
    const field = (name: string): number =>
      Number(new RegExp(String.raw`^${name}:\s*(\d+)`, 'mu').exec(status)?.[1] ?? 0);
    return {
      namespace,
      group: groupOf(groups),
      unprivileged: field('NoNewPrivs') !== 0,
      // Kernels before 5.9 do not count filters: then the mode (2: filtered) counts as one.
      filters: Math.max(field('Seccomp_filters'), field('Seccomp') === 2 ? 1 : 0),
    };
  }
}

/** Returns the control group in the unified hierarchy or, on older systems, in systemd's own (cgroups(7)). */
function groupOf(groups: string): string {
  const lines = groups.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/u.exec(line));
  const named = lines.find((line) => line?.[2] === 'name=systemd') ?? lines.find((line) => line?.[1] === '0');
  return named?.[3] ?? '';
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // It ended, or belongs to another user.
  }
}

function target(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null; // It ended, or belongs to another user.
  }
}
