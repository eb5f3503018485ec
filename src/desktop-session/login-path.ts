import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Logger } from 'pino';
import { output } from '../processes/run.ts';

/** Time limit for a profile, ms: the daemon's start waits for it. */
const SHELL_MS = 3_000;
/** Marks the PATH among the profile's own output. */
const MARK = 'codex-voice-path:';

/** Returns the folders of PATH in the user's login shell; [] when it does not print them in time. */
export async function loginShellPath(env: NodeJS.ProcessEnv, logger: Logger): Promise<string[]> {
  const shell = env.SHELL || userInfo().shell;
  if (!shell || process.platform === 'win32') return [];
  try {
    const script = `printf '\\n%s%s\\n' ${MARK} "$PATH"`;
    const options = { env, cwd: env.HOME || homedir(), timeoutMs: SHELL_MS };
    const printed = await output(shell, ['-lc', script], options);
    const line = printed.split('\n').findLast((text) => text.startsWith(MARK));
    if (line === undefined) throw new Error(`${shell} printed no PATH`);
    return line.slice(MARK.length).split(delimiter);
  } catch (error) {
    logger.warn({ err: error, shell }, 'the login shell did not report its PATH');
    return [];
  }
}

/** Usual folders of Codex and the programs that it needs, as far as they exist. */
export async function usualFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const home = env.HOME || homedir();
  const folders = [
    join(home, '.local', 'bin'),
    join(home, 'bin'),
    join(home, '.npm-global', 'bin'),
    ...(await npmPrefix(home)),
    join(env.VOLTA_HOME || join(home, '.volta'), 'bin'),
    ...(await nvmFolders(env.NVM_DIR || join(home, '.nvm'))),
    join(home, '.bun', 'bin'),
    join(home, '.cargo', 'bin'),
    '/opt/homebrew/bin',
    '/home/linuxbrew/.linuxbrew/bin',
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
  ];
  const exists = await Promise.all(folders.map(isFolder));
  return folders.filter((_, index) => exists[index]);
}

/** `prefix=` in ~/.npmrc: the folder for `npm install -g`. */
async function npmPrefix(home: string): Promise<string[]> {
  const settings = await textOf(join(home, '.npmrc'));
  const prefix = /^\s*prefix\s*=\s*"?([^"\n]+?)"?\s*$/m.exec(settings)?.[1];
  if (prefix === undefined) return [];
  return [join(prefix.replace(/^(~|\$\{HOME\})(?=\/|$)/, home), 'bin')];
}

/** nvm has a folder for each version: the default version's first, then the newest. */
async function nvmFolders(nvm: string): Promise<string[]> {
  const versions = (await readdir(join(nvm, 'versions', 'node')).catch(() => [])).sort(newestFirst);
  const wanted = (await textOf(join(nvm, 'alias', 'default'))).trim().replace(/^v?(?=\d)/, 'v');
  const first = versions.filter((version) => version === wanted || version.startsWith(`${wanted}.`));
  return [...new Set([...first, ...versions])].map((version) =>
    join(nvm, 'versions', 'node', version, 'bin'),
  );
}

function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, 'en', { numeric: true });
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => ''); // The user does not have this tool.
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false, // It does not exist.
  );
}
