import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clipboard } from '../../src/clipboard/clipboard.ts';
import { findClipboard } from '../../src/clipboard/find-clipboard.ts';
import { run, startProcess } from '../support/process.ts';
import { type Sway, startSway } from '../support/sway.ts';
import { startXServer, type XServer } from '../support/x-server.ts';

const logger = pino({ level: 'silent' });

async function find(env: NodeJS.ProcessEnv): Promise<Clipboard> {
  const clipboard = await findClipboard(env, logger);
  if (clipboard === null) throw new Error('there is no clipboard');
  return clipboard;
}

describe('the clipboard of an X server', () => {
  let x: XServer;
  let clipboard: Clipboard;
  const paste = (...target: string[]): Promise<string> =>
    run('xclip', ['-selection', 'clipboard', '-out', ...target], { env: x.env });
  beforeAll(async () => {
    x = await startXServer();
    clipboard = await find(x.env);
  });
  afterAll(async () => {
    clipboard.close();
    await x.stop();
  });

  it('gives the last text, also to programs that know Latin-1 only', async () => {
    await clipboard.copy('first');
    await clipboard.copy('ü\x1b[201~ber\n\tall');
    expect(await paste()).toBe('über\n\tall');
    expect((await paste('-t', 'TARGETS')).split('\n').filter(Boolean)).toEqual([
      'TARGETS',
      'TIMESTAMP',
      'UTF8_STRING',
      'text/plain;charset=utf-8',
      'STRING',
    ]);
    await clipboard.copy('日本語 🎙');
    expect(await paste('-t', 'text/plain;charset=utf-8')).toBe('日本語 🎙');
    await expect(paste('-t', 'STRING')).rejects.toThrow();
  });

  it('gives a text that is longer than a request, to two programs at once', async () => {
    const text = 'Ω says: a long answer.\n'.repeat(20_000);
    await clipboard.copy(text);
    expect(await Promise.all([paste(), paste()])).toEqual([text, text]);
    await clipboard.copy('short');
    expect(await paste()).toBe('short');
  });

  it('is left to the program that copies next, and empty after close()', async () => {
    await clipboard.copy('ours');
    const theirs = 'printf theirs | exec xclip -quiet -selection clipboard -in';
    const program = await startProcess('sh', ['-c', theirs], { env: x.env });
    await expect.poll(() => paste().catch(String)).toBe('theirs');
    await program.stop();
    const other = await find(x.env);
    await other.copy('to be given up');
    other.close();
    other.close();
    await expect.poll(() => paste().catch(() => 'nobody has it')).toBe('nobody has it');
    await expect(other.copy('too late')).rejects.toThrow();
  });
});

describe('the clipboard of a Wayland compositor', () => {
  let sway: Sway;
  beforeAll(async () => {
    sway = await startSway();
  });
  afterAll(() => sway[Symbol.asyncDispose]());

  it('is served by one program, which ends with it', async () => {
    const clipboard = await find(sway.env);
    const paste = () => run('wl-paste', ['--no-newline'], { env: sway.env }).catch(String);
    const servers = async () => {
      const found = await run('pgrep', ['-P', String(process.pid), '-x', 'wl-copy']).catch(() => '');
      return found.split('\n').filter(Boolean);
    };
    await clipboard.copy('first');
    await clipboard.copy('日本語 🎙\n');
    await expect.poll(paste).toBe('日本語 🎙\n');
    await expect.poll(servers).toHaveLength(1);
    clipboard.close();
    await expect.poll(servers).toHaveLength(0);
  });
});
