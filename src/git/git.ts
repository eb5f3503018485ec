import { findProgram } from '../processes/programs.ts';
import { run } from '../processes/run.ts';

/** More than the names of 200,000 files; the rest is cut off. */
const MOST_BYTES = 48 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * A repository's own settings can name programs that Git runs. These replace them all, wherever they are set: in
 * .git/config, in what that includes, or in config.worktree (Git 2.39). Filters and text converters have names of the
 * repository's choice and cannot be replaced: only commands that need none of them may be run, see `Plumbing`.
 */
const HARMLESS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.editor=false',
  'core.askPass=false',
  'core.sshCommand=false',
  'core.gitProxy=false',
  'core.alternateRefsCommand=false',
  'credential.helper=',
  'diff.external=false',
  'gpg.program=false',
  'gpg.ssh.program=false',
  'gpg.x509.program=false',
  'log.showSignature=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'protocol.allow=never',
  // A folder that only looks like a repository is none.
  'safe.bareRepository=explicit',
].flatMap((setting) => ['-c', setting]);

/** Where Git may not look or go: no network, no terminal, no settings of the machine, no fetch of missing objects. */
const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_SSH_COMMAND: 'false',
  GIT_ASKPASS: 'false',
  GIT_EDITOR: 'false',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** Commands that compare no contents of files, and so run no filter: `status` and `diff-files` are not among them. */
export type Plumbing = 'rev-parse' | 'ls-files' | 'for-each-ref' | 'log' | 'init';

export interface GitOptions {
  /** Instead of those of the folder. */
  gitFolder?: string;
  workTree?: string;
}

/**
 * Runs Git in a folder that the user trusts; nothing else in the program runs Git. No program that the repository names
 * is run.
 * @returns what it prints, at NULs; null when it fails or is not there
 */
export async function git(
  folder: string,
  command: Plumbing,
  args: readonly string[],
  { gitFolder, workTree }: GitOptions = {},
): Promise<string[] | null> {
  // By its path: with a relative folder in PATH the repository could bring its own.
  const program = await findProgram('git');
  if (program === null) return null;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const where = [
    ...(gitFolder === undefined ? [] : [`--git-dir=${gitFolder}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`, '-c', 'core.bare=false']),
  ];
  const { status, why, stdout } = await run(
    program,
    ['--no-pager', ...where, ...HARMLESS, command, ...args],
    {
      cwd: folder,
      env: { ...Object.fromEntries(others), ...ENVIRONMENT },
      timeoutMs: TIMEOUT_MS,
      mostBytes: MOST_BYTES,
    },
  );
  if (status !== 0 && why !== 'much') return null;
  return stdout.toString('utf8').split('\0').filter(Boolean);
}
