import { describe, expect, test } from 'vitest';
import { cleanPrompt, promptChanges } from '../../src/agent/prompt.ts';

describe('a prompt for an agent', () => {
  test.each([
    ['line ends', 'a\r\nb\rc\nd\u2028e', 'a\nb\nc\nd\ne'],
    ['tabs stay', 'all:\n\tgo\tbuild\n\t\tgo test', 'all:\n\tgo\tbuild\n\t\tgo test'],
    ['indentation stays', 'def f():\n    if a:\n  \tb', 'def f():\n    if a:\n  \tb'],
    ['space at the ends of lines stays', 'a  \nb', 'a  \nb'],
    ['escape sequences', 'a\x1b[31mb\x1b]0;title\x07c', 'a[31mb]0;titlec'],
    ['the end of a bracketed paste', 'a\x1b[201~\rrm -rf /\r', 'a[201~\nrm -rf /'],
    ['C1 controls', 'a\x9b201~b\x90c', 'a201~bc'],
    ['NUL, backspace, Ctrl-C, DEL', 'a\0b\bc\x03d\x7f', 'abcd'],
    ['halves of surrogate pairs', 'a\ud83db\ude00c', 'abc'],
    ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
    ['zero-width space and byte order mark', '\ufeffa\u200bb', 'ab'],
    ['emoji and scripts', 'e 👩‍👩‍👧‍👦 日本 שלום e\u0301', 'e 👩‍👩‍👧‍👦 日本 שלום e\u0301'],
    ['blanks around', ' \n words \n ', 'words'],
  ])('%s', (_name, prompt, clean) => {
    expect(cleanPrompt(prompt)).toBe(clean);
  });

  test.each([
    '',
    ' \n\t ',
    '\x1b\0',
    '\ufeff',
    '\u00a0\u3000',
    '\u200b\u200c\u200d\u2060',
    '\u00ad',
    '\u3164\u115f\uffa0',
    '\u2800',
    '\ufe0f',
    '\u{e0041}',
    '\u0301',
    '\u034f\u061c\u180e',
  ])('nothing to send: %j', (prompt) => {
    expect(() => cleanPrompt(prompt)).toThrow(expect.objectContaining({ code: 'prompt-empty' }));
  });

  test('what is changed can be said', () => {
    expect(promptChanges('a\r\n\tb')).toEqual([]);
    expect(promptChanges('\ufeffa')).toEqual([]);
    expect(promptChanges('a\x1b[31m\x07b\u202e\ud800\u200b')).toEqual([
      '2 control characters removed.',
      '1 broken character removed.',
      '1 character that changes the direction of text removed.',
      '1 invisible character removed.',
    ]);
    expect(promptChanges('\n\tgo build\n\tgo test')).toEqual([
      "The indentation of the first line is lost: Codex's composer removes it.",
    ]);
  });

  test('too long', () => {
    expect(cleanPrompt('x'.repeat(100_000))).toHaveLength(100_000);
    expect(() => cleanPrompt('x'.repeat(100_001))).toThrow(
      expect.objectContaining({ code: 'prompt-too-long' }),
    );
  });
});
