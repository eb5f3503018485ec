import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followLog, lastLogLines, readableLine } from '../../src/service/log-reader.ts';
import { temporaryFolder } from '../support/process.ts';

describe('the log as a person reads it', () => {
  it('has its last whole lines', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'log');
    expect(await lastLogLines(file, 5)).toEqual({ lines: [], position: 0 });
    await writeFile(file, 'one\ntwö\nthree\nfo');
    expect(await lastLogLines(file, 2)).toEqual({ lines: ['twö', 'three'], position: 15 });
    expect((await lastLogLines(file, 0)).lines).toEqual([]);
  });

  it('reads only the end of a long one', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'log');
    await writeFile(file, `${'x'.repeat(3_000_000)}\n${'last line\n'.repeat(3)}`);
    expect((await lastLogLines(file, 10)).lines).toEqual(Array(3).fill('last line'));
  });

  it('goes on with what is written, over to the next file', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'log');
    await writeFile(file, 'before\n');
    const stop = new AbortController();
    const lines = followLog(file, 7, stop.signal);
    const next = async () => (await lines.next()).value;
    await appendFile(file, 'one\ntw');
    expect(await next()).toBe('one');
    await appendFile(file, 'o\n');
    expect(await next()).toBe('two');
    await rename(file, `${file}.1`);
    await writeFile(file, 'new\n');
    expect(await next()).toBe('new');
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('shows lines in short, and what is no line of ours without control characters', () => {
    const line = {
      level: 40,
      time: '2026-01-02T03:04:05.006Z',
      msg: 'no hotkey\x1b[2J',
      err: { message: 'why' },
    };
    expect(readableLine(JSON.stringify(line))).toBe('03:04:05 warn  no hotkey: why');
    expect(readableLine('{"broken\x1b[2J')).toBe('{"broken');
  });
});
