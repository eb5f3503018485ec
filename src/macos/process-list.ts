import koffi from 'koffi';
import { BSD_INFO, LIB_SYSTEM, processInfo, type ReadInfo } from './process-info.ts';

/** sys/proc_info.h: flavors, sizes of their structs, and offsets of the fields. */
const SHORT = { flavor: 13, bytes: 64, parent: 4, group: 8, name: 16, nameBytes: 16 } as const;
const FOLDERS = { flavor: 9, bytes: 2_352, current: 152, pathBytes: 1_024 } as const;
/** Of e_tdev: no terminal. */
const NO_DEVICE = 0xffff_ffff;
/** Room for processes that start meanwhile. */
const MORE = 64;

/** A process of macOS. */
interface MacProcess {
  pid: number;
  /** Name of its program: the first 15 bytes. */
  name: string;
  parent: number;
  group: number;
  /** Device of its terminal, and the foreground process group there; 0: none, or it belongs to another user. */
  tty: number;
  foreground: number;
}

/** The processes of macOS, from libproc. After xnu's headers; not run on a Mac. */
export class MacProcessList {
  readonly #pids: (buffer: Buffer | null, size: number) => number;
  readonly #read: ReadInfo;

  /** @throws Error when a function is missing */
  constructor(path = LIB_SYSTEM) {
    const library = koffi.load(path);
    this.#pids = library.func('proc_listallpids', 'int', ['void *', 'int']);
    this.#read = processInfo(library);
  }

  /** A process and all its descendants, parents before children; empty when it has ended. */
  tree(root: number): MacProcess[] {
    const all = this.#all();
    const tree = all.filter(({ pid }) => pid === root);
    // The array grows while this loop runs.
    for (const { pid } of tree) tree.push(...all.filter((each) => each.parent === pid && each.pid !== pid));
    return tree;
  }

  /** The working folder of a process of this user; null when it is unknown. */
  folder(pid: number): string | null {
    const info = this.#read(pid, FOLDERS);
    const path = info?.subarray(FOLDERS.current, FOLDERS.current + FOLDERS.pathBytes);
    const end = path?.indexOf(0) ?? 0;
    return path && end > 0 ? path.toString('utf8', 0, end) : null;
  }

  #all(): MacProcess[] {
    const pids = Buffer.alloc((this.#pids(null, 0) + MORE) * 4);
    const count = Math.min(this.#pids(pids, pids.length), pids.length / 4);
    return Array.from({ length: Math.max(0, count) }, (_, index) =>
      this.#find(pids.readInt32LE(index * 4)),
    ).filter((each) => each !== null);
  }

  /** The short form is readable for processes of every user, such as login(1) between a terminal and its shell. */
  #find(pid: number): MacProcess | null {
    const info = this.#read(pid, SHORT);
    if (info === null) return null;
    const full = this.#read(pid, BSD_INFO);
    const tty = full?.readUInt32LE(BSD_INFO.tty) ?? NO_DEVICE;
    const name = info.subarray(SHORT.name, SHORT.name + SHORT.nameBytes);
    return {
      pid,
      name: name.toString('utf8').replace(/\0.*$/su, ''),
      parent: info.readUInt32LE(SHORT.parent),
      group: info.readUInt32LE(SHORT.group),
      tty: tty === NO_DEVICE ? 0 : tty,
      foreground: full?.readUInt32LE(BSD_INFO.foreground) ?? 0,
    };
  }
}
