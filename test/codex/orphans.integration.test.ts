import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { guardedProcesses } from '../../src/codex/app-server/guarded-processes.ts';
import { endOrphans, noteTokenHash, serverRecord, terminalRecord } from '../../src/codex/orphans.ts';
import { type CodexBench, codexBench, outcome } from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

/** The hash of a token of that name. */
const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');
/** As AppServer starts it. */
const serve = (hash: string, env: NodeJS.ProcessEnv, listen = 'ws://127.0.0.1:0'): ChildProcess => {
  const guard = ['--ws-auth', 'capability-token', '--ws-token-sha256', hash];
  return spawn('codex', ['app-server', '--listen', listen, ...guard], { env, stdio: 'ignore' });
};
const runs = async (name: string): Promise<boolean> => (await guardedProcesses(hashOf(name))).length > 0;

let bench: CodexBench | undefined;
afterEach(() => bench?.close());

test('what a killed daemon left of any project is ended at the next start, and nothing else', async () => {
  bench = await codexBench(({ lastUserText }) => ({ kind: 'text', chunks: [lastUserText] }));
  const { env, socketFolder: root } = bench;
  const logger = pino({ level: 'silent' });
  const start = async (name: string): Promise<ChildProcess> => {
    const own = join(root, name);
    await mkdir(own, { recursive: true, mode: 0o700 });
    await noteTokenHash(own, hashOf(name));
    return serve(hashOf(name), env, name === 'unnoted' ? `unix://${join(own, 'codex.sock')}` : undefined);
  };
  const [noted, unnoted] = [await start('noted'), await start('unnoted')];
  const terminal = spawn('sleep', ['300']);
  const bystander = spawn('sleep', ['300']);
  const ended = ({ exitCode, signalCode }: ChildProcess): boolean => (exitCode ?? signalCode) !== null;
  try {
    await serverRecord(join(root, 'noted'), logger).write(noted.pid ?? 0);
    await terminalRecord(join(root, 'unnoted'), logger).write(terminal.pid ?? 0);
    // An id that another process has by now: the start time tells.
    const note = JSON.stringify({ pid: bystander.pid, started: '1' });
    await writeFile(join(root, 'noted', 'terminal.json'), note);
    await waitFor('the server', () => runs('unnoted'), { timeout: 120_000 });
    await endOrphans(root, logger);
    await waitFor('their ends', () => [noted, unnoted, terminal].every(ended));
    expect(ended(bystander)).toBe(false);
    await endOrphans(join(root, 'nowhere'), logger);
  } finally {
    for (const child of [noted, unnoted, terminal, bystander]) child.kill('SIGKILL');
    for (const name of ['noted', 'unnoted'])
      for (const pid of await guardedProcesses(hashOf(name))) process.kill(pid, 'SIGKILL');
  }
});

test('a server whose daemon was killed before it could note it is ended by the next one, and no other', async () => {
  bench = await codexBench(({ lastUserText }) => ({ kind: 'text', chunks: [`You said: ${lastUserText}`] }));
  const { env, socketFolder } = bench;
  await mkdir(socketFolder, { recursive: true, mode: 0o700 });
  await noteTokenHash(socketFolder, hashOf('ours'));
  const [orphan, other] = [serve(hashOf('ours'), env), serve(hashOf('theirs'), env)];
  try {
    await waitFor('the servers', async () => (await runs('ours')) && (await runs('theirs')), {
      timeout: 120_000,
    });
    const session = bench.session();
    await session.start();
    expect(await outcome(session.submit('hello'))).toMatchObject({ answer: 'You said: hello' });
    await waitFor('its end', () => orphan.exitCode !== null || orphan.signalCode !== null);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  } finally {
    orphan.kill('SIGKILL');
    for (const pid of await guardedProcesses(hashOf('theirs'))) process.kill(pid, 'SIGKILL');
    other.kill('SIGKILL');
  }
});
