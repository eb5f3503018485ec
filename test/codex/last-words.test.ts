import { expect, test } from 'vitest';
import { LastWords, lastWordsOn } from '../../src/codex/last-words.ts';

function last(...lines: string[]): string {
  const words = new LastWords();
  for (const line of lines) words.push(line);
  return words.text;
}
const frames = Array.from({ length: 60 }, (_, index) => [
  `  ${index}: core::fn`,
  '        at /rustc/core/src/x.rs:1:2',
]);

test.each<[string, string[], string]>([
  ['nothing', ['', '   '], ''],
  ['the only line', ['cannot open the database'], 'cannot open the database'],
  [
    'an error of main, with its causes and a long stack trace',
    [
      'Error: no listener',
      '',
      'Caused by:',
      '    0: bind failed',
      '    1: Permission denied (os error 13)',
      '',
      'Stack backtrace:',
      ...frames.flat(),
    ],
    'Error: no listener: bind failed: Permission denied (os error 13)',
  ],
  ['one cause', ['Error: a', 'Caused by:', '    b', 'Location:', '    src/main.rs:12:5'], 'Error: a: b'],
  [
    'an error before warnings',
    ['Error: the reason', '2026-11-29T10:00:00.1Z  WARN codex_core::x: shutting down'],
    'Error: the reason',
  ],
  [
    'an error of the log before what comes after it',
    [
      '\x1b[2m2026-11-29T10:00:00Z\x1b[0m \x1b[31mERROR\x1b[0m codex_app_server: no room',
      'bye',
      '2026-11-29T10:00:00Z  INFO codex: ended',
    ],
    'no room',
  ],
  ['an unlevelled line before information', ['dying', '2026-11-29T10:00:00Z  INFO codex: ended'], 'dying'],
  [
    'a panic: its message, which stands on the next line',
    [
      "thread 'main' panicked at src/x.rs:1:2:",
      'index out of bounds',
      'note: run with `RUST_BACKTRACE=1` environment variable',
    ],
    "thread 'main' panicked at src/x.rs:1:2: index out of bounds",
  ],
  [
    'no help of the command line',
    [
      "error: unexpected argument '--x' found",
      '',
      'Usage: codex app-server',
      '',
      "For more information, try '--help'.",
    ],
    "error: unexpected argument '--x' found",
  ],
])('%s', (_, lines, expected) => {
  expect(last(...lines)).toBe(expected);
});

test('on a screen lines are wrapped', () => {
  const rows = ['Error: Ambiguous', ' bindings: a and', ' b', 'Stack backtrace:', '   0: <unknown>', ''];
  expect(lastWordsOn(rows, 16)).toBe('Error: Ambiguous bindings: a and b');
});

test('finds a line by its words', () => {
  const words = new LastWords();
  words.push('2026-11-29T10:00:00Z ERROR codex: Invalid: x');
  expect(words.find('Invalid:')).toBe('Invalid: x');
  expect(words.find('else')).toBeNull();
});
