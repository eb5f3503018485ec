import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';

/** A profile that takes longer would hold the daemon up, ms. */
const SHELL_MS = 3_000;
/** What a profile itself prints is not the PATH. */
const MARK = 'codex-voice-path:';

/** Folders of PATH as the person's login shell sets it up; [] when it does not say so in time. */
export async function loginShellPath(env: NodeJS.ProcessEnv, logger: Logger): Promise<string[]> {
  const shell = env.SHELL || userInfo().shell;
  if (!shell || process.platform === 'win32') return [];
  try {
    const output = await shellOutput(shell, `printf '\\n%s%s\\n' ${MARK} "$PATH"`, env);
    const line = output.split('\n').findLast((text) => text.startsWith(MARK));
    if (line === undefined) throw new Error(`${shell} printed no PATH`);
    return line.slice(MARK.length).split(delimiter);
  } catch (error) {
    logger.warn({ err: error, shell }, 'the login shell did not tell its PATH');
    return [];
  }
}

/** In a process group of its own, so that nothing a profile starts outlives the time limit. */
async function shellOutput(shell: string, script: string, env: NodeJS.ProcessEnv): Promise<string> {
  const cwd = env.HOME || homedir();
  const child = spawn(shell, ['-lc', script], {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-64_000);
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    child.stdout.destroy();
  }, SHELL_MS);
  try {
    // Not "close": what a profile left running holds the pipe open.
    await once(child, 'exit');
    if (!late) await drained(child.stdout);
  } finally {
    clearTimeout(timer);
    child.stdout.destroy();
  }
  if (late) throw new Error(`it took more than ${SHELL_MS} ms`);
  return output;
}

/** What it has written is read; a background process that still holds the pipe is not waited for. */
async function drained(stream: Readable): Promise<void> {
  if (stream.readableEnded) return;
  const signal = AbortSignal.timeout(200);
  await once(stream, 'end', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Where Codex and what it needs are usually installed, as far as these folders exist. */
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

/** `prefix=` of ~/.npmrc: where `npm install -g` puts programs. */
async function npmPrefix(home: string): Promise<string[]> {
  const settings = await textOf(join(home, '.npmrc'));
  const prefix = /^\s*prefix\s*=\s*"?([^"\n]+?)"?\s*$/m.exec(settings)?.[1];
  if (prefix === undefined) return [];
  return [join(prefix.replace(/^(~|\$\{HOME\})(?=\/|$)/, home), 'bin')];
}

/** nvm has no folder that stays the same: the default version's, then the newest first. */
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
  return readFile(file, 'utf8').catch(() => ''); // a person without this tool has no such file
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false, // nothing there
  );
}
