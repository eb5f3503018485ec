import koffi from 'koffi';

/** Access rights and results of processthreadsapi.h and winnt.h. */
export const PROCESS_TERMINATE = 0x1;
export const PROCESS_SET_QUOTA = 0x100;
export const PROCESS_QUERY_INFORMATION = 0x400;
export const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const STILL_ACTIVE = 259;

const kernel32 = koffi.load('kernel32.dll');
const open = kernel32.func('intptr_t __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)');
const close = kernel32.func('int __stdcall CloseHandle(intptr_t handle)');
const exitCode = kernel32.func('int __stdcall GetExitCodeProcess(intptr_t process, _Out_ uint32_t *code)');
const times = kernel32.func(
  'int __stdcall GetProcessTimes(intptr_t process, void *created, void *ended, void *kernel, void *user)',
);

/** An open handle. It keeps its object: the id of a process is not used again until all handles to it are closed. */
export type Handle = number | bigint;

/** Returns a handle that the caller closes; null: there is no such process, or it belongs to another user. */
export function openProcess(pid: number, access: number): Handle | null {
  const handle = open(access, 0, pid) as Handle;
  return Number(handle) === 0 ? null : handle;
}

export function closeHandle(handle: Handle): void {
  close(handle);
}

/** Returns when a running process was created, in units of 100 ns (FILETIME); null: it does not run. */
export function createdAt(pid: number): string | null {
  const process = openProcess(pid, PROCESS_QUERY_LIMITED_INFORMATION);
  if (process === null) return null;
  try {
    // The id of a process that has ended exists as long as somebody has a handle.
    const code = [0];
    if (exitCode(process, code) === 0 || code[0] !== STILL_ACTIVE) return null;
    const created = Buffer.alloc(8);
    const unused = Buffer.alloc(8);
    if (times(process, created, unused, unused, unused) === 0) return null;
    return created.readBigUInt64LE().toString();
  } finally {
    closeHandle(process);
  }
}
