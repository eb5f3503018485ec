import { readdir, readFile } from 'node:fs/promises';

/** Ticks of utime and stime a second: USER_HZ, 100 on every Linux of today. */
const TICKS_PER_SECOND = 100;

/** A process as /proc shows it (Linux, proc(5)). */
export interface ProcessUse {
  pid: number;
  parent: number;
  /** Its command line, arguments separated by blanks. */
  command: string;
  /** Processor time so far, all threads, ms. */
  cpu: number;
  /** The same of its children that have ended and that it waited for, with theirs, ms. */
  cpuOfEnded: number;
  /** Resident memory, MB (10^6 bytes). */
  rss: number;
  /** The same with each shared page divided among those who share it, MB. */
  pss: number;
}

/** A process and all below it, the process itself first. */
export async function processTree(root: number): Promise<ProcessUse[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(names.map((name) => readProcess(Number(name))));
  const alive = all.filter((each) => each !== null);
  const below = (pid: number): ProcessUse[] =>
    alive.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return [...alive.filter(({ pid }) => pid === root), ...below(root)];
}

/** Processor time so far of these processes and of the children that they outlived, ms. */
export function spentBy(uses: readonly ProcessUse[]): number {
  return uses.reduce((sum, { cpu, cpuOfEnded }) => sum + cpu + cpuOfEnded, 0);
}

/** The processes of the hidden Codex (0.169.0), as their command lines show. */
const CODEX = /\bcodex(?:\.js)? (?:app-server|resume)\b/;

/** Memory of these processes without the hidden Codex, each shared page divided among those who share it, MB. */
export function ownMemory(uses: readonly ProcessUse[]): number {
  return uses.filter(({ command }) => !CODEX.test(command)).reduce((sum, { pss }) => sum + pss, 0);
}

/** Adds up the processor time of children of this process that end during some work, with theirs. */
export class ChildrenTime {
  /** So far. */
  ms = 0;

  /** Does the work; no other child may end meanwhile. */
  async of<T>(work: () => Promise<T>): Promise<T> {
    const before = await this.#ended();
    const result = await work();
    this.ms += (await this.#ended()) - before;
    return result;
  }

  async #ended(): Promise<number> {
    return (await readProcess(process.pid))?.cpuOfEnded ?? 0;
  }
}

async function readProcess(pid: number): Promise<ProcessUse | null> {
  try {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8');
    const [stat, command, memory] = await Promise.all(['stat', 'cmdline', 'smaps_rollup'].map(read));
    // After the name, which may contain anything: state, ppid, ...; utime, stime and those of children are 14 to 17.
    const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
    const megabytes = (name: string) =>
      (Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(memory ?? '')?.[1] ?? 0) * 1_024) / 1e6;
    return {
      pid,
      parent: Number(fields[1]),
      command: (command ?? '').replaceAll('\0', ' ').trim(),
      cpu: milliseconds(fields[11], fields[12]),
      cpuOfEnded: milliseconds(fields[13], fields[14]),
      rss: megabytes('Rss'),
      pss: megabytes('Pss'),
    };
  } catch {
    return null; // it ended meanwhile, or is a kernel thread without memory
  }
}

/** Of user and system ticks. */
function milliseconds(user: string | undefined, system: string | undefined): number {
  return ((Number(user) + Number(system)) * 1_000) / TICKS_PER_SECOND;
}
