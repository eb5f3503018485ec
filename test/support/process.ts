import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A program a test started, in a process group of its own, so that what it starts ends with it. */
export interface TestProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  readonly running: boolean;
  /** Exit status, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Sends a signal to the whole group; nothing happens when it is gone. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, SIGKILL after ten seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

const groups = new Set<number>();
process.once('exit', () => {
  for (const group of groups) signalGroup(group, 'SIGKILL');
});

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts a program and collects what it prints. @throws Error when it cannot be started */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<TestProcess> {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  await Promise.race([once(child, 'spawn'), closed]);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  groups.add(pid);
  let running = true;
  const exited = closed.then(([code]) => {
    running = false;
    signalGroup(pid, 'SIGKILL');
    groups.delete(pid);
    return code as number | null;
  });
  const kill = (signal: NodeJS.Signals) => {
    if (running) signalGroup(pid, signal);
  };
  return {
    pid,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    get running() {
      return running;
    },
    exited,
    kill,
    async stop() {
      kill('SIGTERM');
      const timer = setTimeout(() => kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Runs a program to its end. @throws Error with its stderr when it fails */
export async function run(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<string> {
  const started = await startProcess(command, args, options);
  const code = await started.exited;
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${started.stderr().trim()}`);
  return started.stdout();
}

/** Shortest and longest pause between two looks, ms: a look often is a program that is started. */
const PAUSES = { shortest: 20, longest: 250 };

/**
 * Polls until the condition gives something truthy and returns that.
 * @param timeout ms; a busy machine is slow and not wrong
 * @param every pause between two looks in ms; by default a fifth of the time that has passed
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  { timeout = 60_000, every }: { timeout?: number; every?: number } = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const start = performance.now();
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, undefined | null | false | 0 | ''>;
    const waited = performance.now() - start;
    if (waited > timeout) throw new Error(`waited ${timeout} ms for ${what}`);
    await delay(every ?? Math.min(PAUSES.longest, Math.max(PAUSES.shortest, waited / 5)));
  }
}

/** Is there a process with this id, other than one that ended and waits for its parent? */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false; // no such folder: no such process
  }
}

/** A private folder below the system's temporary folder: `await using folder = await temporaryFolder()`. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

export async function temporaryFolder(name = 'codex-voice-test-'): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), name));
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}
