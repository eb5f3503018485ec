import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { openLog } from '../../src/files/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): Record<string, unknown> => JSON.parse(line));

test('JSON lines, without secrets, at the level asked for', () => {
  const file = join(temporaryFolder(), 'state', 'x.log');
  const log = openLog({
    file,
    foreground: false,
    level: 'debug',
  });
  log.logger.debug({ token: 'T', env: { password: 'P' }, project: 'p' }, 'began');
  log.logger.trace('unseen');
  log.close();
  const lines = linesOf(file);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    msg: 'began',
    token: '[redacted]',
    env: { password: '[redacted]' },
    project: 'p',
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('an unknown level means info; short lines in the foreground carry no control characters', () => {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) };
  const file = join(temporaryFolder(), 'x.log');
  const log = openLog({ file, foreground: true, level: 'loud', stderr });
  log.logger.debug('unseen');
  log.logger.warn({ err: new Error('bad\n\u001b[31mred') }, 'it failed');
  log.close();
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}it failed: bad red\n$/);
});

test('rotates: three private files of 5 MB at most, and goes on after a restart', () => {
  const folder = temporaryFolder();
  const text = 'x'.repeat(100_000);
  let said = 0;
  for (const lines of [200, 5]) {
    const log = openLog({ file: join(folder, 'x.log'), foreground: false });
    for (let index = 0; index < lines; index += 1) log.logger.info({ number: said++ }, text);
    log.close();
  }
  expect(readdirSync(folder).toSorted()).toEqual(['x.1.log', 'x.2.log', 'x.log']);
  const kept: unknown[] = [];
  for (const name of ['x.2.log', 'x.1.log', 'x.log']) {
    const stat = statSync(join(folder, name));
    expect(stat.mode & 0o777).toBe(0o600);
    expect(stat.size).toBeLessThan(5.2 * 1024 * 1024);
    kept.push(...linesOf(join(folder, name)).map(({ number }) => number));
  }
  // The newest lines, in order and without a gap.
  const first = said - kept.length;
  expect(kept).toEqual(kept.map((_, index) => first + index));
  expect(kept.length).toBeGreaterThan(100);
});

test('a file that cannot be written is said once, and the log goes on when it can be', () => {
  const folder = temporaryFolder();
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) };
  const log = openLog({ file: join(folder, 'x.log'), foreground: false, stderr });
  log.logger.info('x'.repeat(5 * 1024 * 1024));
  const inTheWay = ['x.1.log', 'x.2.log'].map((name) => join(folder, name));
  for (const path of inTheWay) mkdirSync(join(path, 'not empty'), { recursive: true });
  log.logger.info('lost');
  log.logger.info('lost');
  expect(written).toHaveLength(1);
  expect(written[0]).toContain('the log cannot be written');
  for (const path of inTheWay) rmSync(path, { recursive: true });
  log.logger.info('back');
  log.close();
  expect(linesOf(join(folder, 'x.log')).map(({ msg }) => msg)).toEqual(['back']);
});

test('the last words before a crash are in the file', () => {
  const folder = temporaryFolder();
  const module = pathToFileURL(join(import.meta.dirname, '../../src/files/log.ts')).href;
  const script = `
    const { openLog } = await import(${JSON.stringify(module)});
    const log = openLog({ file: ${JSON.stringify(join(folder, 'x.log'))}, foreground: false });
    log.logger.error('last words');
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  expect(child.signal).toBe('SIGKILL');
  expect(linesOf(join(folder, 'x.log')).map(({ msg }) => msg)).toEqual(['last words']);
});

test('a folder that cannot be written: state-unwritable', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  // A kernel file system takes no new file from anybody, root included.
  for (const file of [join(folder, 'file', 'x.log'), '/proc/x.log']) {
    expect(() => openLog({ file, foreground: false })).toThrow(
      expect.objectContaining({ code: 'state-unwritable' }),
    );
  }
});
