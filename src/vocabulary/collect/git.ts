import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedFiles } from '../../git/changed-files.ts';
import { git } from '../../git/git.ts';

/** Git's information about a folder. */
interface GitFacts {
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
  const inside = await git(folder, 'rev-parse', ['--is-inside-work-tree']);
  if (inside?.[0]?.trim() !== 'true') return askWithoutRepository(folder);
  const [files, changed, recent, branches] = await Promise.all([
    git(folder, 'ls-files', ['-z', '--cached', '--others', '--exclude-standard', '--deduplicate']),
    changedFiles(folder),
    git(folder, 'log', [
      '-n',
      '100',
      '--format=',
      '--name-only',
      '-z',
      '--no-renames',
      '--relative',
      '--no-ext-diff',
      '--no-textconv',
      '--ignore-submodules=all',
      '.',
    ]),
    git(folder, 'for-each-ref', [
      '--count=40',
      '--sort=-committerdate',
      '--format=%(refname:short)',
      'refs/heads',
    ]),
  ]);
  if (files === null) return null;
  return {
    files: [...new Set(files)],
    changed,
    recent: [...new Set((recent ?? []).map((path) => path.replace(/^\n+/, '')))].filter(Boolean),
    branches: (branches?.[0] ?? '').split('\n').filter(Boolean),
  };
}

/** A folder that is not a repository may still have a .gitignore: an empty repository elsewhere reads it. */
async function askWithoutRepository(folder: string): Promise<GitFacts | null> {
  const empty = await mkdtemp(join(tmpdir(), 'codex-voice-'));
  try {
    if ((await git(empty, 'init', ['--quiet', '--bare', '--template=', empty])) === null) return null;
    const where = { gitFolder: empty, workTree: folder };
    const files = await git(folder, 'ls-files', ['-z', '--others', '--exclude-standard'], where);
    return files && { files, changed: [], recent: [], branches: [] };
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}
