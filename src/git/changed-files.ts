import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git.ts';

/** Maximum number of files to check; the others of a larger repository are ignored. */
const MOST_FILES = 50_000;
/** Files checked in parallel. */
const TOGETHER = 64;
/** The index keeps sizes modulo 2^32. */
const SIZE_BITS = 2 ** 32;

/** What the index knows about a file (Git 2.39: `ls-files --debug`). */
interface Noted {
  path: string;
  seconds: number;
  nanoseconds: number;
  size: number;
}

/**
 * Lists the files whose time or size differs from the index, relative to the folder. Git itself would read them through
 * the repository's filters, which are programs.
 */
export async function changedFiles(folder: string): Promise<string[]> {
  const listed = await git(folder, 'ls-files', ['-z', '--cached', '--debug']);
  const noted = notedFiles(listed ?? []).slice(0, MOST_FILES);
  const changed: string[] = [];
  for (let at = 0; at < noted.length; at += TOGETHER) {
    const some = noted.slice(at, at + TOGETHER);
    const different = await Promise.all(some.map((each) => isDifferent(folder, each)));
    changed.push(...some.filter((_, index) => different[index]).map(({ path }) => path));
  }
  return changed;
}

/** Parses records of a path, NUL and what the index knows about it. */
function notedFiles(parts: readonly string[]): Noted[] {
  const noted: Noted[] = [];
  let path = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    const found =
      /^ {2}ctime: \d+:\d+\n {2}mtime: (\d+):(\d+)\n.*\n.*\n {2}size: (\d+)\tflags: [0-9a-f]+\n/u.exec(part);
    if (!found) return noted;
    const [text, seconds, nanoseconds, size] = found;
    noted.push({ path, seconds: Number(seconds), nanoseconds: Number(nanoseconds), size: Number(size) });
    path = part.slice(text.length);
  }
  return noted;
}

async function isDifferent(folder: string, { path, seconds, nanoseconds, size }: Noted): Promise<boolean> {
  const found = await lstat(join(folder, path), { bigint: true }).catch(() => null);
  if (!found?.isFile()) return false;
  if (Number(found.size) % SIZE_BITS !== size) return true;
  const second = 1_000_000_000n;
  if (Number(found.mtimeNs / second) % SIZE_BITS !== seconds) return true;
  return nanoseconds !== 0 && Number(found.mtimeNs % second) !== nanoseconds;
}
