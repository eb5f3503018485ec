import koffi from 'koffi';
import {
  closeHandle,
  type Handle,
  openProcess,
  PROCESS_QUERY_INFORMATION,
  PROCESS_QUERY_LIMITED_INFORMATION,
  PROCESS_SET_QUOTA,
  PROCESS_TERMINATE,
} from './processes.ts';

/** winnt.h: JOBOBJECT_EXTENDED_LIMIT_INFORMATION of 64-bit Windows, and the offset of LimitFlags. */
const LIMITS = { class: 9, bytes: 144, flags: 16 } as const;
const JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE = 0x2000;

const kernel32 = koffi.load('kernel32.dll');
const create = kernel32.func('intptr_t __stdcall CreateJobObjectW(void *attributes, void *name)');
const configure = kernel32.func(
  'int __stdcall SetInformationJobObject(intptr_t job, int what, void *information, uint32_t bytes)',
);
const assign = kernel32.func('int __stdcall AssignProcessToJobObject(intptr_t job, intptr_t process)');
const contains = kernel32.func(
  'int __stdcall IsProcessInJob(intptr_t process, intptr_t job, _Out_ int *result)',
);

/**
 * A job object: processes that belong together. The system ends all of them when this process ends, however it ends, and
 * so closes its handle. Whatever they start is in the job too, and cannot leave it. Node's own children are also in a job
 * of libuv, but what they start leaves that one (Node 24: JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK), and node-pty's are not
 * in it.
 */
class JobObject {
  readonly #job: Handle;

  constructor() {
    this.#job = create(null, null) as Handle;
    const limits = Buffer.alloc(LIMITS.bytes);
    limits.writeUInt32LE(JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, LIMITS.flags);
    if (Number(this.#job) === 0 || configure(this.#job, LIMITS.class, limits, limits.length) === 0)
      throw new Error('the system refuses a job object');
  }

  /** Adds a process, which should be a new child. @returns false when it has ended, or the system refuses */
  add(pid: number): boolean {
    const process = openProcess(pid, PROCESS_SET_QUOTA | PROCESS_TERMINATE);
    if (process === null) return false;
    try {
      return assign(this.#job, process) !== 0;
    } finally {
      closeHandle(process);
    }
  }

  /** True for a process of the job; null: it does not exist, or belongs to another user. */
  has(pid: number): boolean | null {
    // The limited right is enough on Windows, and all there is for elevated processes. Wine 8 wants the other one.
    const process =
      openProcess(pid, PROCESS_QUERY_INFORMATION) ?? openProcess(pid, PROCESS_QUERY_LIMITED_INFORMATION);
    if (process === null) return null;
    try {
      const result = [0];
      return contains(process, this.#job, result) === 0 ? null : result[0] !== 0;
    } finally {
      closeHandle(process);
    }
  }
}

/** The children of this process that must not outlive it, with everything that they start. */
export const ownJob = new JobObject();
