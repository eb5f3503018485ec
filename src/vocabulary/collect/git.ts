import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** More than the names of 200,000 files; the rest is cut off. */
const MOST_BYTES = 24 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * A repository's own settings can name programs that Git runs: a file system monitor, hooks, filters, a pager. None of
 * them is to run because somebody speaks. (Git 2.39; safe.directory already refuses repositories of other users.)
 */
const HARMLESS = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'log.showSignature=false',
];

/** What Git says about a folder. */
export interface GitFacts {
  /** Paths relative to the folder, with `/`; ignored files are not among them. */
  files: string[];
  /** Files with changes that are not committed. */
  changed: string[];
  /** Files of the latest commits, the newest first. */
  recent: string[];
  branches: string[];
}

/** null: there is no Git, or the folder cannot be listed. */
export async function askGit(folder: string): Promise<GitFacts | null> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const inside = await git(folder, ['rev-parse', '--is-inside-work-tree']);
  if (inside?.[0]?.trim() !== 'true') return askWithoutRepository(folder);
  const [files, status, recent, branches] = await Promise.all([
    git(folder, list),
    git(folder, [
      'status',
      '--porcelain',
      '-z',
      '--untracked-files=no',
      '--ignore-submodules=all',
      '--no-renames',
      '.',
    ]),
    git(folder, [
      'log',
      '-n',
      '100',
      '--format=',
      '--name-only',
      '-z',
      '--no-renames',
      '--relative',
      '--no-ext-diff',
      '.',
    ]),
    git(folder, [
      'for-each-ref',
      '--count=40',
      '--sort=-committerdate',
      '--format=%(refname:short)',
      'refs/heads',
    ]),
  ]);
  if (files === null) return null;
  const prefix = (await git(folder, ['rev-parse', '--show-prefix']))?.[0]?.trim() ?? '';
  const changed = (status ?? [])
    .map((line) => line.slice(3))
    .flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []));
  return {
    files: [...new Set(files)],
    changed,
    recent: [...new Set((recent ?? []).map((path) => path.replace(/^\n+/, '')))].filter(Boolean),
    branches: (branches?.[0] ?? '').split('\n').filter(Boolean),
  };
}

/** A folder that is no repository may have a .gitignore all the same: an empty repository elsewhere reads it. */
async function askWithoutRepository(folder: string): Promise<GitFacts | null> {
  const empty = await mkdtemp(join(tmpdir(), 'codex-voice-'));
  try {
    if ((await git(empty, ['init', '--quiet', '--bare', empty])) === null) return null;
    const where = [`--git-dir=${empty}`, `--work-tree=${folder}`, '-c', 'core.bare=false'];
    const files = await git(folder, [...where, 'ls-files', '-z', '--others', '--exclude-standard']);
    return files && { files, changed: [], recent: [], branches: [] };
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

/** What Git prints, at NULs; null when it fails or is not there. */
async function git(folder: string, args: readonly string[]): Promise<string[] | null> {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...env } = process.env;
  const child = spawn('git', ['--no-optional-locks', '--no-pager', ...HARMLESS, ...args], {
    cwd: folder,
    env: { ...env, GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
  });
  const parts: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= MOST_BYTES) parts.push(part);
    else child.kill();
  });
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0 && bytes <= MOST_BYTES) return null;
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString('utf8').split('\0').filter(Boolean);
}
