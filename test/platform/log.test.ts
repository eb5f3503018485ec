import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { openLog } from '../../src/platform/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): Record<string, unknown> => JSON.parse(line));

test('JSON lines, without secrets, at the level asked for', async () => {
  const log = await openLog({
    file: join(temporaryFolder(), 'state', 'x.log'),
    foreground: false,
    level: 'debug',
  });
  log.logger.debug({ token: 'T', env: { password: 'P' }, project: 'p' }, 'began');
  log.logger.trace('unseen');
  await log.close();
  const lines = linesOf(log.file());
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    msg: 'began',
    token: '[redacted]',
    env: { password: '[redacted]' },
    project: 'p',
  });
  expect(statSync(log.file()).mode & 0o777).toBe(0o600);
});

test('an unknown level means info; short lines in the foreground carry no control characters', async () => {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) };
  const file = join(temporaryFolder(), 'x.log');
  const log = await openLog({ file, foreground: true, level: 'loud', stderr });
  log.logger.debug('unseen');
  log.logger.warn({ err: new Error('bad\n\u001b[31mred') }, 'it failed');
  await log.close();
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}it failed: bad \[31mred\n$/);
});

test('rotates: three private files of 5 MB at most, and goes on after a restart', async () => {
  const folder = temporaryFolder();
  const text = 'x'.repeat(100_000);
  for (const lines of [200, 5]) {
    const log = await openLog({ file: join(folder, 'x.log'), foreground: false });
    for (let index = 0; index < lines; index += 1) {
      log.logger.info(text);
      // The files turn over between events, as in a daemon.
      if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
  }
  const files = readdirSync(folder).filter((name) => name !== 'current.log');
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThanOrEqual(3);
  for (const name of files) {
    const stat = statSync(join(folder, name));
    expect(stat.mode & 0o777).toBe(0o600);
    expect(stat.size).toBeLessThan(6.5 * 1024 * 1024);
  }
});

test('the last words before a crash are in the file', () => {
  const folder = temporaryFolder();
  const module = pathToFileURL(join(import.meta.dirname, '../../src/platform/log.ts')).href;
  const script = `
    const { openLog } = await import(${JSON.stringify(module)});
    const log = await openLog({ file: ${JSON.stringify(join(folder, 'x.log'))}, foreground: false });
    log.logger.error('last words');
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  expect(child.signal).toBe('SIGKILL');
  expect(linesOf(join(folder, 'current.log')).map(({ msg }) => msg)).toEqual(['last words']);
});

test('a folder that cannot be written: state-unwritable', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const opened = openLog({ file: join(folder, 'file', 'x.log'), foreground: false });
  await expect(opened).rejects.toMatchObject({ code: 'state-unwritable' });
  // A kernel file system takes no new file from anybody, root included.
  await expect(openLog({ file: '/proc/x.log', foreground: false })).rejects.toMatchObject({
    code: 'state-unwritable',
  });
});
