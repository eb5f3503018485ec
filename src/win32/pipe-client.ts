import { setTimeout as delay } from 'node:timers/promises';
import koffi from 'koffi';
import { closeHandle, type Handle } from './processes.ts';

/** fileapi.h and winbase.h. */
const GENERIC_READ = 0x8000_0000;
const OPEN_EXISTING = 3;
/** The server of the pipe may learn who this is, but not act in its name (Impersonation Levels). */
const SECURITY_IDENTIFICATION = 0x10_0000 | 0x1_0000;

const LOOK_EVERY_MS = 5;

const kernel32 = koffi.load('kernel32.dll');
const open = kernel32.func(
  'intptr_t __stdcall CreateFileW(str16 name, uint32_t access, uint32_t share, void *security, uint32_t how, uint32_t flags, intptr_t template)',
);
const peek = kernel32.func(
  'int __stdcall PeekNamedPipe(intptr_t pipe, void *buffer, uint32_t size, void *read, _Out_ uint32_t *available, void *left)',
);
const read = kernel32.func(
  'int __stdcall ReadFile(intptr_t file, _Out_ uint8_t *buffer, uint32_t size, _Out_ uint32_t *read, void *overlapped)',
);
const serverOf = kernel32.func(
  'int __stdcall GetNamedPipeServerProcessId(intptr_t pipe, _Out_ uint32_t *pid)',
);

/** What the server of a pipe said first, and its process. */
interface PipeWords {
  pid: number;
  words: string;
}

/**
 * Connects to a named pipe and reads the first `length` bytes. Both results come through the same handle, so they are of
 * the same process.
 * @param timeoutMs how long to wait for the words
 * @returns null: there is no such pipe, or it said too little in time
 */
export async function readPipe(name: string, length: number, timeoutMs: number): Promise<PipeWords | null> {
  const pipe = open(name, GENERIC_READ, 0, null, OPEN_EXISTING, SECURITY_IDENTIFICATION, 0) as Handle;
  if (Number(pipe) === -1) return null;
  try {
    const pid = [0];
    if (serverOf(pipe, pid) === 0) return null;
    const late = performance.now() + timeoutMs;
    // ReadFile alone would wait for a server that says nothing.
    for (;;) {
      const available = [0];
      if (peek(pipe, null, 0, null, available, null) === 0) return null;
      if ((available[0] ?? 0) >= length) break;
      if (performance.now() > late) return null;
      await delay(LOOK_EVERY_MS);
    }
    const buffer = Buffer.alloc(length);
    const count = [0];
    if (read(pipe, buffer, length, count, null) === 0 || count[0] !== length) return null;
    return { pid: pid[0] ?? 0, words: buffer.toString('latin1') };
  } finally {
    closeHandle(pipe);
  }
}
