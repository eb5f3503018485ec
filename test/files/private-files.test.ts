import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFile, makePrivateFolder, replaceFile } from '../../src/files/private-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const unwritable = expect.objectContaining({ code: 'state-unwritable' });

test('folders are made with those above them, and may be there already', () => {
  const folder = join(temporaryFolder(), 'a', 'b');
  makePrivateFolder(folder);
  makePrivateFolder(folder);
  expect([modeOf(join(folder, '..')), modeOf(folder)]).toEqual([0o700, 0o700]);
  symlinkSync(folder, join(folder, 'link'));
  makePrivateFolder(join(folder, 'link', 'c'));
  expect(modeOf(join(folder, 'c'))).toBe(0o700);
});

// Permissions do not stop root; these places stop everybody.
test('places where nothing can be made', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'file'), '');
  for (const place of [join(folder, 'file'), join(folder, 'file', 'a', 'b'), '/proc/codex-voice/a']) {
    expect(() => makePrivateFolder(place), place).toThrow(unwritable);
  }
  expect(() => makePrivateFile(folder)).toThrow(unwritable);
  expect(() => replaceFile(join(folder, 'sub'), 'x')).toThrow(unwritable);
  expect(readdirSync(folder)).toEqual(['file', 'sub']);
});

test('a file is made private, and replaced without a trace', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, 'old', { mode: 0o644 });
  makePrivateFile(file);
  expect([modeOf(file), readFileSync(file, 'utf8')]).toEqual([0o600, 'old']);
  replaceFile(file, 'new');
  expect([modeOf(file), readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([0o600, 'new', ['file']]);
});
