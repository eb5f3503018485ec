import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addToList, memorableWord } from '../../src/vocabulary/own-words.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const english = {
  isWord: (word: string) => ['cube', 'control', 'the', 'config', 'parse', 'dont'].includes(word),
};

test.each([
  ['kube', 'kube'],
  [' kube \u0007\n', 'kube'],
  ['cube kontrol', 'cube kontrol'],
  ['parseConfig', 'parseConfig'],
  ['Größe', 'Größe'],
])('%j can be remembered', (text, word) => {
  expect(memorableWord(text, english)).toBe(word);
});

test.each([
  '',
  'cube',
  'The cube',
  'parse config',
  "don't",
  '8080',
  'x',
  '/quit',
  '!rm',
  'a # b',
  'x'.repeat(65),
  'a b c d kube',
])('%j cannot', (text) => {
  expect(memorableWord(text, english)).toBeNull();
});

describe("the user's list", () => {
  const file = () => join(temporaryFolder(), 'vocabulary.txt');

  test('is created, private', async () => {
    const list = file();
    addToList(list, 'kube');
    expect(await readFile(list, 'utf8')).toBe('kube\n');
    expect((await stat(list)).mode & 0o777).toBe(0o600);
  });

  test('keeps its lines, gets each word once, and becomes UTF-8', async () => {
    const list = file();
    await writeFile(list, Buffer.from('\ufeff# mine\r\nGrafana', 'utf16le'));
    for (const word of ['kube', 'Grafana', 'kube']) addToList(list, word);
    expect(await readFile(list, 'utf8')).toBe('# mine\r\nGrafana\nkube\n');
  });

  test('stays a link', async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'dotfiles'));
    await writeFile(join(folder, 'dotfiles', 'list'), 'Grafana\n');
    await symlink(join(folder, 'dotfiles', 'list'), join(folder, 'vocabulary.txt'));
    addToList(join(folder, 'vocabulary.txt'), 'kube');
    expect(await readFile(join(folder, 'dotfiles', 'list'), 'utf8')).toBe('Grafana\nkube\n');
  });

  test.each([
    ['full', Buffer.alloc(64 * 1024 - 3, 'x\n'), 'usage'],
    ['not UTF-8', Buffer.from('Gr\xf6\n', 'latin1'), 'config-invalid'],
  ])('that is %s is left as it is', async (_, content, code) => {
    const list = file();
    await writeFile(list, content);
    expect(() => addToList(list, 'kube')).toThrow(expect.objectContaining({ code }));
    expect(await readFile(list)).toEqual(content);
  });

  test('that is a folder is reported', async () => {
    expect(() => addToList(temporaryFolder(), 'kube')).toThrow(
      expect.objectContaining({ code: 'config-unreadable' }),
    );
  });
});
