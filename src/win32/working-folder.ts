import koffi from 'koffi';
import { closeHandle, type Handle, openProcess, PROCESS_QUERY_INFORMATION } from './processes.ts';

/** A process in the list of Windows. */
export interface ListedProcess {
  pid: number;
  parent: number;
  /** File name of its program, in lower case. */
  name: string;
}

const TH32CS_SNAPPROCESS = 2;
const PROCESS_VM_READ = 0x10;
/** PROCESSENTRY32W of tlhelp32.h, 64 bits. */
const ENTRY = { bytes: 568, pid: 8, parent: 32, name: 44, nameBytes: 520 } as const;
/** Of PROCESS_BASIC_INFORMATION, PEB and RTL_USER_PROCESS_PARAMETERS of winternl.h, 64 bits. */
const BASIC = { bytes: 48, peb: 8 } as const;
const PEB_PARAMETERS = 0x20n;
/** CurrentDirectory.DosPath: a UNICODE_STRING. It is the same in all versions of Windows so far, but not documented. */
const PARAMETERS_FOLDER = 0x38n;
const UNICODE_STRING = { bytes: 16, buffer: 8 } as const;

const kernel32 = koffi.load('kernel32.dll');
const ntdll = koffi.load('ntdll.dll');
const snapshot = kernel32.func('intptr_t __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)');
const first = kernel32.func('bool __stdcall Process32FirstW(intptr_t snapshot, void *entry)');
const next = kernel32.func('bool __stdcall Process32NextW(intptr_t snapshot, void *entry)');
const readMemory = kernel32.func(
  'bool __stdcall ReadProcessMemory(intptr_t process, uintptr_t address, void *data, uintptr_t bytes, void *read)',
);
const query = ntdll.func(
  'int32_t __stdcall NtQueryInformationProcess(intptr_t process, int kind, void *data, uint32_t bytes, void *read)',
);

/** Lists all processes, about in the order in which they were started. */
export function listProcesses(): ListedProcess[] {
  const list = snapshot(TH32CS_SNAPPROCESS, 0) as Handle;
  if (Number(list) === -1) return [];
  const entry = Buffer.alloc(ENTRY.bytes);
  entry.writeUInt32LE(ENTRY.bytes);
  const found: ListedProcess[] = [];
  try {
    for (let more = first(list, entry); more; more = next(list, entry)) {
      const [name = ''] = entry.toString('utf16le', ENTRY.name, ENTRY.name + ENTRY.nameBytes).split('\0');
      const [pid, parent] = [entry.readUInt32LE(ENTRY.pid), entry.readUInt32LE(ENTRY.parent)];
      found.push({ pid, parent, name: name.toLowerCase() });
    }
  } finally {
    closeHandle(list);
  }
  return found;
}

/** Returns the working folder of a process; null: it belongs to another user, or has ended. */
export function workingFolder(pid: number): string | null {
  const process = openProcess(pid, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ);
  if (process === null) return null;
  const read = (address: bigint, bytes: number): Buffer | null => {
    const data = Buffer.alloc(bytes);
    return readMemory(process, address, data, bytes, null) ? data : null;
  };
  try {
    const basic = Buffer.alloc(BASIC.bytes);
    if (query(process, 0, basic, BASIC.bytes, null) !== 0) return null;
    const parameters = read(basic.readBigUInt64LE(BASIC.peb) + PEB_PARAMETERS, 8)?.readBigUInt64LE() ?? 0n;
    const folder = parameters === 0n ? null : read(parameters + PARAMETERS_FOLDER, UNICODE_STRING.bytes);
    if (folder === null) return null;
    const text = read(folder.readBigUInt64LE(UNICODE_STRING.buffer), folder.readUInt16LE());
    // It ends in a backslash, which belongs to the path only after the colon of a drive.
    return text?.toString('utf16le').replace(/(?<!:)\\$/, '') || null;
  } finally {
    closeHandle(process);
  }
}
