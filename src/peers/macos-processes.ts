import koffi from 'koffi';
import { BSD_INFO, LIB_SYSTEM, processInfo, type ReadInfo } from '../macos/process-info.ts';
import type { Confinement, ProcessFacts, ProcessTable } from './processes.ts';

/** sys/proc.h */
const ZOMBIE = 5;
/** sys/sysctl.h: { CTL_KERN, KERN_PROCARGS2, pid } */
const ARGUMENTS = [1, 49] as const;
/** More than ARG_MAX, bytes. */
const MOST_ARGUMENTS = 2 * 1024 * 1024;

type SystemControl = (
  name: Buffer,
  length: number,
  value: Buffer,
  size: Buffer,
  next: null,
  nextSize: number,
) => number;
type SandboxCheck = (pid: number, operation: null, type: number) => number;

/**
 * The processes of macOS, from libproc and sysctl(3). Codex runs commands under Seatbelt, which sandbox_check reports.
 * From xnu's headers; not verified on a Mac.
 */
export class MacosProcesses implements ProcessTable {
  readonly #info: ReadInfo;
  readonly #control: SystemControl;
  readonly #sandbox: SandboxCheck;

  constructor() {
    const library = koffi.load(LIB_SYSTEM);
    const { func } = { func: library.func.bind(library) };
    this.#info = processInfo(library);
    this.#control = func('sysctl', 'int', [
      'void *',
      'uint',
      'void *',
      'void *',
      'void *',
      'size_t',
    ]) as SystemControl;
    this.#sandbox = func('sandbox_check', 'int', ['int', 'void *', 'int']) as SandboxCheck;
  }

  find(pid: number): ProcessFacts | null {
    const buffer = this.#info(pid, BSD_INFO);
    if (buffer === null || buffer.readUInt32LE(BSD_INFO.status) === ZOMBIE) return null;
    const started = `${buffer.readBigUInt64LE(BSD_INFO.seconds)}.${buffer.readBigUInt64LE(BSD_INFO.microseconds)}`;
    return { pid, parent: buffer.readUInt32LE(BSD_INFO.parent), started };
  }

  environment(pid: number): string[] | null {
    const name = Buffer.alloc(12);
    for (const [index, part] of [...ARGUMENTS, pid].entries()) name.writeInt32LE(part, index * 4);
    const value = Buffer.alloc(MOST_ARGUMENTS);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(value.length));
    if (this.#control(name, 3, value, size, null, 0) !== 0) return null;
    return environmentIn(value.subarray(0, Number(size.readBigUInt64LE())));
  }

  confinement(pid: number): Confinement | null {
    const sandboxed = this.#sandbox(pid, null, 0);
    if (sandboxed < 0) return null;
    return { namespace: '', group: '', unprivileged: false, filters: sandboxed };
  }
}

/**
 * Extracts the environment from KERN_PROCARGS2: the number of arguments, the program's path, NULs, the arguments, the
 * environment.
 */
export function environmentIn(bytes: Buffer): string[] | null {
  if (bytes.length < 4) return null;
  const count = bytes.readInt32LE(0);
  const texts = bytes.subarray(4).toString('utf8');
  const afterPath = texts.indexOf('\0');
  if (afterPath < 0) return null;
  const rest = texts.slice(afterPath).replace(/^\0+/u, '').split('\0').slice(count);
  const end = rest.indexOf('');
  return end < 0 ? rest : rest.slice(0, end);
}
