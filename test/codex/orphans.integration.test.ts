import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { listeningProcesses } from '../../src/codex/listening-processes.ts';
import { endOrphans, serverRecord, socketIn, terminalRecord } from '../../src/codex/orphans.ts';
import { type CodexBench, codexBench, outcome } from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

let bench: CodexBench | undefined;
afterEach(() => bench?.close());

test('what a killed daemon left of any project is ended at the next start, and nothing else', async () => {
  bench = await codexBench(({ lastUserText }) => ({ kind: 'text', chunks: [lastUserText] }));
  const { env, socketFolder: root } = bench;
  const logger = pino({ level: 'silent' });
  const start = async (name: string): Promise<ChildProcess> => {
    const own = join(root, name);
    await mkdir(own, { recursive: true, mode: 0o700 });
    return spawn('codex', ['app-server', '--listen', `unix://${socketIn(own)}`], { env, stdio: 'ignore' });
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
    await waitFor('the socket', () => existsSync(socketIn(join(root, 'unnoted'))), { timeout: 120_000 });
    await endOrphans(root, logger);
    await waitFor('their ends', () => [noted, unnoted, terminal].every(ended));
    expect(ended(bystander)).toBe(false);
    await endOrphans(join(root, 'nowhere'), logger);
  } finally {
    for (const child of [noted, unnoted, terminal, bystander]) child.kill('SIGKILL');
    for (const name of ['noted', 'unnoted'])
      for (const pid of await listeningProcesses(socketIn(join(root, name)))) process.kill(pid, 'SIGKILL');
  }
});

test('a server whose daemon was killed before it could note it is ended by the next one, and no other', async () => {
  bench = await codexBench(({ lastUserText }) => ({ kind: 'text', chunks: [`You said: ${lastUserText}`] }));
  const { env, socketFolder } = bench;
  await mkdir(socketFolder, { recursive: true, mode: 0o700 });
  const serve = (socket: string) =>
    spawn('codex', ['app-server', '--listen', `unix://${socket}`], { env, stdio: 'ignore' });
  const ours = join(socketFolder, 'codex.sock');
  const theirs = join(socketFolder, 'codex.sock.other');
  const [orphan, other] = [serve(ours), serve(theirs)];
  try {
    await waitFor('their sockets', () => existsSync(ours) && existsSync(theirs), { timeout: 120_000 });
    expect((await listeningProcesses(ours)).length).toBeGreaterThan(0);
    const session = bench.session();
    await session.start();
    expect(await outcome(session.submit('hello'))).toMatchObject({ answer: 'You said: hello' });
    await waitFor('its end', () => orphan.exitCode !== null || orphan.signalCode !== null);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  } finally {
    orphan.kill('SIGKILL');
    for (const pid of await listeningProcesses(theirs)) process.kill(pid, 'SIGKILL');
    other.kill('SIGKILL');
  }
});
