import { findProgram } from '../processes/programs.ts';
import { run } from '../processes/run.ts';

/** More than the names of 200,000 files; longer output is cut off. */
const MOST_BYTES = 48 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * A repository's own settings can name programs that Git runs. These options override all such settings, in
 * .git/config, in included files and in config.worktree (Git 2.39). Filters and text converters have arbitrary names
 * and cannot be overridden, so only commands that do not use them are allowed (see `Plumbing`).
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
  // Ignores a folder that only looks like a bare repository.
  'safe.bareRepository=explicit',
].flatMap((setting) => ['-c', setting]);

/** Keeps Git from the network, the terminal, the machine's settings and missing objects. */
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

/** Commands that do not compare the contents of files, and so run no filters. `status` and `diff-files` do compare. */
type Plumbing = 'rev-parse' | 'ls-files' | 'for-each-ref' | 'log' | 'init';

interface GitOptions {
  /** Default: the repository of the folder. */
  gitFolder?: string;
  workTree?: string;
}

/**
 * Runs Git in a folder that the user trusts, without running programs that the repository names. Nothing else in the
 * program runs Git.
 * @returns its output, split at NULs; null when Git fails or is not installed
 */
export async function git(
  folder: string,
  command: Plumbing,
  args: readonly string[],
  { gitFolder, workTree }: GitOptions = {},
): Promise<string[] | null> {
  // By its absolute path: with a relative folder in PATH, the repository could supply its own.
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
