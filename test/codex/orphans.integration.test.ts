import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listeningProcesses } from '../../src/codex/listening-processes.ts';
import { type CodexBench, codexBench, outcome } from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

let bench: CodexBench | undefined;
afterEach(() => bench?.close());

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
    await waitFor('their sockets', () => existsSync(ours) && existsSync(theirs), { timeout: 30_000 });
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
