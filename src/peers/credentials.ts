import type { Socket } from 'node:net';
import koffi from 'koffi';

/** The process that opened the other end of a Unix socket, as the kernel recorded it at that time. */
export interface PeerCredentials {
  /** 0 when the process is not visible from here, for example when it runs in a container. */
  pid: number;
  uid: number;
}

/** socket(7) on Linux: struct ucred { pid_t pid; uid_t uid; gid_t gid; }, each 4 bytes. */
const LINUX = { level: 1, option: 17, bytes: 12 };
/** sys/un.h on macOS: SOL_LOCAL and LOCAL_PEERPID, whose value is one pid_t. */
const MACOS = { level: 0, option: 2, bytes: 4 };

type GetSocketOption = (fd: number, level: number, option: number, value: Buffer, length: Buffer) => number;
type GetPeerUser = (fd: number, uid: Buffer, gid: Buffer) => number;

/**
 * Identifies the process at the other end of an accepted Unix socket. Node has no interface for it, so this calls the C
 * library.
 * @returns null when the system does not identify it
 */
export type ReadCredentials = (socket: Socket) => PeerCredentials | null;

/** Finds the system's way to identify a peer; on a system without one, the result always returns null. */
export function credentialsReader(): ReadCredentials {
  const { platform } = process;
  if (platform !== 'linux' && platform !== 'darwin') return () => null;
  const library = koffi.load(null);
  const option = library.func('getsockopt', 'int', ['int', 'int', 'int', 'void *', 'void *']);
  if (platform === 'linux') return (socket) => onLinux(socket, option as GetSocketOption);
  const user = library.func('getpeereid', 'int', ['int', 'void *', 'void *']);
  return (socket) => onMacos(socket, option as GetSocketOption, user as GetPeerUser);
}

function onLinux(socket: Socket, option: GetSocketOption): PeerCredentials | null {
  const value = read(socket, option, LINUX);
  return value && { pid: value.readInt32LE(0), uid: value.readUInt32LE(4) };
}

/** Not verified on a Mac; from xnu's sys/un.h and getpeereid(3). */
function onMacos(socket: Socket, option: GetSocketOption, user: GetPeerUser): PeerCredentials | null {
  const value = read(socket, option, MACOS);
  const uid = Buffer.alloc(4);
  const fd = descriptorOf(socket);
  if (value === null || fd === null || user(fd, uid, Buffer.alloc(4)) !== 0) return null;
  return { pid: value.readInt32LE(0), uid: uid.readUInt32LE(0) };
}

function read(
  socket: Socket,
  getOption: GetSocketOption,
  { level, option, bytes }: typeof LINUX,
): Buffer | null {
  const fd = descriptorOf(socket);
  if (fd === null) return null;
  const value = Buffer.alloc(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  return getOption(fd, level, option, value, length) === 0 && length.readUInt32LE() === bytes ? value : null;
}

/** The socket's file descriptor, which Node 24 keeps in a private property; null when it is closed. */
function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  const fd: unknown = Reflect.get(handle, 'fd');
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}
