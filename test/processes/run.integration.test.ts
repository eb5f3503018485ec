import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { output, run } from '../../src/processes/run.ts';
import { isAlive, waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A shell that notes its own process id and that of a child of it, and waits. */
function family(folder: string): string {
  return `sleep 300 & echo $! > ${join(folder, 'child')}; echo $$ > ${join(folder, 'shell')}; wait`;
}

async function pids(folder: string): Promise<number[]> {
  const files = ['shell', 'child'].map((name) => join(folder, name));
  await waitFor('both run', () => files.every(existsSync));
  return Promise.all(files.map(async (file) => Number(await readFile(file, 'utf8'))));
}

describe('a program that is run to its end', () => {
  it('gives its status, what it prints, and what it complains about', async () => {
    const ran = await run('/bin/sh', ['-c', 'cat; echo why >&2; exit 3'], { input: 'words' });
    expect(ran).toMatchObject({ status: 3, stderr: 'why\n', words: 'why', why: null });
    expect(ran.stdout.toString()).toBe('words');
    expect(await run('/bin/sh', ['-c', 'exit 4'])).toMatchObject({ status: 4, words: 'it ended with 4' });
    expect(await run('/bin/sh', ['-c', 'kill -9 $$'])).toMatchObject({
      status: null,
      words: 'it ended with SIGKILL',
    });
    expect(await output('/bin/sh', ['-c', 'echo fine; echo noise >&2'])).toBe('fine\n');
    await expect(output('/bin/sh', ['-c', 'echo no >&2; exit 1'])).rejects.toThrow('no');
  });

  it('has the folder and the environment that it is given, and no standard input', async () => {
    const folder = temporaryFolder();
    const env = { PATH: process.env.PATH, ONLY: 'this' };
    expect(await output('/bin/sh', ['-c', 'pwd; echo $ONLY; cat'], { cwd: folder, env })).toBe(
      `${folder}\nthis\n`,
    );
  });

  it('need not read all of its input', async () => {
    expect(await output('/bin/sh', ['-c', 'exit 0'], { input: 'x'.repeat(1_000_000) })).toBe('');
  });

  it('that is not there, or cannot be run, says so', async () => {
    expect(await run('/nowhere/program', [])).toMatchObject({
      status: null,
      why: 'missing',
      words: 'there is no /nowhere/program',
    });
    const file = join(temporaryFolder(), 'text');
    writeFileSync(file, 'text', { mode: 0o600 });
    const ran = await run(file, []);
    expect(ran).toMatchObject({ status: null, why: 'unstartable' });
    expect(ran.cause?.code).toBe('EACCES');
    expect(await run('/bin/sh', ['a\0b'])).toMatchObject({ why: 'unstartable' });
  });

  it('that takes too long is killed with what it started', async () => {
    const folder = temporaryFolder();
    const ran = run('/bin/sh', ['-c', family(folder)], { timeoutMs: 1_000 });
    const all = await pids(folder);
    expect(await ran).toMatchObject({ status: null, why: 'late', words: 'it took more than 1 s' });
    await waitFor('both are gone', async () => !(await Promise.all(all.map(isAlive))).some(Boolean));
  });

  it('that prints too much is killed, and what it printed so far is kept', async () => {
    const ran = await run('/bin/sh', ['-c', 'yes'], { mostBytes: 100_000 });
    expect(ran).toMatchObject({ status: null, why: 'much', words: 'it printed too much' });
    expect(ran.stdout).toHaveLength(100_000);
  });

  it('is killed by a signal with what it started', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const ran = run('/bin/sh', ['-c', family(folder)], { signal: stop.signal });
    const all = await pids(folder);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(ran).rejects.toBe(reason);
    await waitFor('both are gone', async () => !(await Promise.all(all.map(isAlive))).some(Boolean));
    await expect(run('/bin/sh', ['-c', 'exit 0'], { signal: stop.signal })).rejects.toBe(reason);
  });

  it('is not waited for by what it leaves running, all it printed is read, and the rest goes on', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'left');
    const script = `sleep 300 & echo $! > ${file}; head -c 500000 /dev/zero`;
    const ran = await run('/bin/sh', ['-c', script], { timeoutMs: 60_000 });
    expect(ran.status).toBe(0);
    expect(ran.stdout).toHaveLength(500_000);
    const left = Number(await readFile(file, 'utf8'));
    expect(await isAlive(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });

  it('may wait for everything else', async () => {
    const nice = Number(await output('/bin/sh', ['-c', 'sleep 0.2; nice'], { background: true }));
    expect(nice).toBeGreaterThan(Math.max(0, getPriority()));
  });
});
