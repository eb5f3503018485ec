import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsWarnings } from '../../src/doctor/settings-warnings.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { readWordList, wordsOf } from '../../src/vocabulary/word-list.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

test('a list of words: one a line, comments, nothing invisible, nothing endless', () => {
  const list = `# mine\r\nGrafana\n\n  kubectl  # tool\nC#\n\u001b[31mred\n${'x'.repeat(65)}\n`;
  expect(wordsOf(Buffer.from(list), 'list')).toEqual(['Grafana', 'kubectl', 'C#', '[31mred']);
});

describe('the encoding of a list', () => {
  test.each([
    ['UTF-8 with its mark', Buffer.from('\ufeffGrößenwahn\n東京\n')],
    ['UTF-16, little end first', utf16('Größenwahn\r\n東京\r\n')],
    ['UTF-16, big end first', utf16('Größenwahn\n東京\n').swap16()],
  ])('may be %s', (_name, bytes) => {
    expect(wordsOf(bytes, 'list')).toEqual(['Größenwahn', '東京']);
  });

  test.each([
    [
      'Latin-1',
      Buffer.from('# ours\nGrafana\nGr\xf6\xdfe\n', 'latin1'),
      /^list:3: .*byte 0xf6 at offset 17\.$/,
    ],
    ['UTF-16 without a mark', utf16('Grafana\n').subarray(2), /^list:1: it looks like UTF-16/],
    ['half a UTF-16', Buffer.concat([utf16('a\nb'), Buffer.from([0])]), /^list:2: it is not valid UTF-16/],
  ])('%s is named with its line', (_name, bytes, message) => {
    expect(() => wordsOf(bytes, 'list')).toThrow(
      expect.objectContaining({ code: 'config-invalid', message: expect.stringMatching(message) }),
    );
  });
});

test('a list that is missing is empty; one that cannot be read or used is a warning of the settings', async () => {
  const config = join(temporaryFolder(), 'config.toml');
  const list = config.replace('config.toml', 'vocabulary.txt');
  const loaded = parseSettings('', config);
  expect(await readWordList(list)).toEqual([]);
  expect(await settingsWarnings(loaded)).toEqual([]);
  await writeFile(list, Buffer.from('caf\xe9\n', 'latin1'));
  const broken = { code: 'config-invalid', message: `${list}:1: it is not UTF-8: byte 0xe9 at offset 3.` };
  expect(await settingsWarnings(loaded)).toEqual([expect.objectContaining(broken)]);
  const folder = join(temporaryFolder(), 'folder');
  await mkdir(folder);
  await expect(readWordList(folder)).rejects.toMatchObject({ code: 'config-unreadable' });
});
