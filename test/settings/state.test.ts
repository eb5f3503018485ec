import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { StateFile } from '../../src/settings/state.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });

test('remembers the thread of each folder, privately', () => {
  const file = join(temporaryFolder(), 'state', 'state.json');
  const state = new StateFile(file, logger);
  state.setThread('/a', 't1');
  state.setThread('/b', 't2');
  state.setThread('/a', 't3');
  state.setThread('/b', null);
  const again = new StateFile(file, logger);
  expect([again.thread('/a'), again.thread('/b'), again.thread('toString')]).toEqual(['t3', null, null]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(file, '..'))).toEqual(['state.json']);
});

test('remembers that it is paused', () => {
  const file = join(temporaryFolder(), 'state.json');
  expect(new StateFile(file, logger).paused).toBe(false);
  new StateFile(file, logger).pause(true);
  expect(new StateFile(file, logger).paused).toBe(true);
  new StateFile(file, logger).pause(false);
  expect(new StateFile(file, logger).paused).toBe(false);
});

test('forgets the folders that were not used for long', () => {
  const file = join(temporaryFolder(), 'state.json');
  const state = new StateFile(file, logger);
  for (let index = 0; index < 250; index += 1) state.setThread(`/${index}`, `t${index}`);
  const again = new StateFile(file, logger);
  expect([again.thread('/49'), again.thread('/50'), again.thread('/249')]).toEqual([null, 't50', 't249']);
});

test('a file that makes no sense is set aside', () => {
  for (const content of ['{"version": 1, "thr', '[]', '{"version": 2, "threads": {}}', '\u0000\u0001']) {
    const folder = temporaryFolder();
    const file = join(folder, 'state.json');
    writeFileSync(file, content);
    const state = new StateFile(file, logger);
    expect(state.thread('/a')).toBeNull();
    state.setThread('/a', 't');
    const aside = readdirSync(folder).find((name) => name.startsWith('state.json.corrupt-'));
    expect(readFileSync(join(folder, aside ?? ''), 'utf8')).toBe(content);
    expect(new StateFile(file, logger).thread('/a')).toBe('t');
  }
});

test('a folder that cannot be written: state-unwritable', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const state = new StateFile(join(folder, 'file', 'state.json'), logger);
  expect(() => state.setThread('/a', 't')).toThrow(expect.objectContaining({ code: 'state-unwritable' }));
});
