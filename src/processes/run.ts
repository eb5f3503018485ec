import { type ChildProcess, spawn } from 'node:child_process';
import { workInBackground } from './background.ts';
import { windowsSystemProgram } from './programs.ts';

interface RunOptions {
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Written to its standard input. Default: empty. */
  input?: string;
  /** Kills it after this time, ms. */
  timeoutMs?: number;
  /** Kills it when its output is longer, bytes. */
  mostBytes?: number;
  /** Kills it; then `run` rejects with the reason. */
  signal?: AbortSignal | undefined;
  /** Runs it with the lowest priority. */
  background?: boolean;
}

/** How a program ended. */
interface Ran {
  /** Exit status; null: it was killed, or could not be started. */
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Why it was killed or not started; null: it ended by itself. */
  readonly why: 'late' | 'much' | 'missing' | 'unstartable' | null;
  /** The reason of the failure, in its own words where possible; "" after status 0. */
  readonly words: string;
  /** Why it could not be started. */
  readonly cause?: NodeJS.ErrnoException;
}

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 16 * 1024 * 1024;
/** Length of the end of stderr that is kept, UTF-16 units. */
const MOST_WORDS = 4_000;
/**
 * A process that the program leaves running may keep its pipes open: after this time without output they are closed,
 * ms.
 */
const QUIET_MS = 200;

/**
 * Runs a program to its end, without a terminal. On timeout, too much output or abort, it is killed with everything
 * that it started. Otherwise, processes that it leaves running continue.
 * @throws the reason of `signal`, and nothing else
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = process.env, cwd, input, timeoutMs = TIMEOUT_MS, signal } = options;
  signal?.throwIfAborted();
  const parts: Buffer[] = [];
  let stderr = '';
  let why: Ran['why'] = null;
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      env,
      cwd,
      // A separate process group can be killed as a whole.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    return notStarted(program, error as NodeJS.ErrnoException);
  }
  if (options.background && child.pid !== undefined) workInBackground(child.pid);
  const end = (reason: Ran['why']): void => {
    why ??= reason;
    killTree(child);
  };
  let left = options.mostBytes ?? MOST_BYTES;
  child.stdout?.on('data', (part: Buffer) => {
    if (left > 0) parts.push(part.subarray(0, left));
    left -= part.length;
    if (left < 0) end('much');
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MOST_WORDS);
  });
  child.stdin?.on('error', () => undefined); // Its status says why it stopped reading.
  child.stdin?.end(input);
  const timer = Number.isFinite(timeoutMs) ? setTimeout(end, timeoutMs, 'late') : undefined;
  const abort = (): void => killTree(child);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const [status, killedBy] = await ended(child);
    signal?.throwIfAborted();
    const own = stderr.trim() || (status === 0 ? '' : `it ended with ${status ?? killedBy}`);
    const late = `it took more than ${timeoutMs / 1_000} s`;
    const words = why === 'late' ? late : why === 'much' ? 'it printed too much' : own;
    return {
      status: why === null ? status : null,
      stdout: Buffer.concat(parts),
      stderr,
      why,
      words: status === 0 && why === null ? '' : words,
    };
  } catch (error) {
    signal?.throwIfAborted();
    return notStarted(program, error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Returns a program's output. @throws Error with its last words unless its status is 0; the signal's reason */
export async function output(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { status, stdout, words, cause } = await run(program, args, options);
  if (status !== 0) throw new Error(words, { cause });
  return stdout.toString('utf8');
}

function notStarted(program: string, cause: NodeJS.ErrnoException): Ran {
  const missing = cause.code === 'ENOENT';
  const words = missing ? `there is no ${program}` : cause.message;
  const why = missing ? 'missing' : 'unstartable';
  return { status: null, stdout: Buffer.alloc(0), stderr: '', why, words, cause };
}

function killTree(child: ChildProcess): void {
  if (process.platform === 'win32') {
    killWindowsTree(child);
    return;
  }
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended.
  }
  child.kill('SIGKILL');
}

/** taskkill finds what a process has started by the ids of parents, so that must still run. */
function killWindowsTree(child: ChildProcess): void {
  const killer = spawn(
    windowsSystemProgram('taskkill.exe', process.env),
    ['/t', '/f', '/pid', String(child.pid)],
    {
      stdio: 'ignore',
      windowsHide: true,
    },
  );
  const finish = (): void => void child.kill('SIGKILL');
  killer.once('exit', finish).once('error', finish);
}

/** Resolves when the program has ended and its output was read. @throws Error when it could not be started */
function ended(child: ChildProcess): Promise<[status: number | null, signal: NodeJS.Signals | null]> {
  const { promise, resolve, reject } =
    Promise.withResolvers<[status: number | null, signal: NodeJS.Signals | null]>();
  child.once('error', reject);
  child.once('close', (status, signal) => resolve([status, signal]));
  child.once('exit', (status, signal) => {
    const over = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve([status, signal]);
    };
    // Output that arrived while this process was busy is read before the immediate.
    const timer = setTimeout(() => setImmediate(over), QUIET_MS);
    const more = (): void => void timer.refresh();
    child.stdout?.on('data', more);
    child.stderr?.on('data', more);
    child.once('close', () => clearTimeout(timer));
  });
  return promise;
}
