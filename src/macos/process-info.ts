import type { LibraryHandle } from 'koffi';

/** The library with libproc and sysctl(3). */
export const LIB_SYSTEM = '/usr/lib/libSystem.B.dylib';

/** struct proc_bsdinfo of sys/proc_info.h: its flavor, its size and the offsets of its fields. */
export const BSD_INFO = {
  flavor: 3,
  bytes: 136,
  status: 4,
  parent: 16,
  tty: 108,
  foreground: 112,
  seconds: 120,
  microseconds: 128,
} as const;

/** Reads a struct about a process; null when it has ended, or belongs to another user. */
export type ReadInfo = (pid: number, struct: { flavor: number; bytes: number }) => Buffer | null;

/** Returns proc_pidinfo of libproc. After xnu's headers; not run on a Mac. @throws Error when it is missing */
export function processInfo(library: LibraryHandle): ReadInfo {
  const info = library.func('proc_pidinfo', 'int', ['int', 'int', 'uint64', 'void *', 'int']);
  return (pid, { flavor, bytes }) => {
    const buffer = Buffer.alloc(bytes);
    return info(pid, flavor, 0, buffer, bytes) === bytes ? buffer : null;
  };
}
