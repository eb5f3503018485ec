import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stdinText } from '../../src/cli/stdin-text.ts';
import {
  deceptiveCharacter,
  decodeText,
  decodeUtf8,
  EncodingProblem,
  visibleText,
} from '../../src/text/encoding.ts';

const utf16 = (text: string, mark = '\ufeff') => Buffer.from(mark + text, 'utf16le');

function problem(bytes: Uint8Array): EncodingProblem {
  try {
    decodeText(bytes);
  } catch (error) {
    if (error instanceof EncodingProblem) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('a text', () => {
  test('is UTF-8, with or without its mark, or UTF-16 with its mark', () => {
    const text = 'grüße\n日本 👩‍💻';
    expect(decodeText(Buffer.from(text))).toBe(text);
    expect(decodeText(Buffer.from(`\ufeff${text}`))).toBe(text);
    expect(decodeText(utf16(text))).toBe(text);
    expect(decodeText(utf16(text).swap16())).toBe(text);
    expect(decodeText(new Uint8Array())).toBe('');
    expect(decodeText(Buffer.from('a\0b and much more text'))).toBe('a\0b and much more text');
  });

  test.each<[string, Buffer, number, number]>([
    ['Latin-1', Buffer.from('one\ntwo\ngr\xfc\xdfe\n', 'latin1'), 3, 10],
    ['a character that is cut off', Buffer.from('abc é').subarray(0, 5), 1, 4],
    ['a lone continuation', Buffer.of(0x61, 0x0a, 0x80), 2, 2],
    ['an overlong character', Buffer.of(0xc0, 0xaf), 1, 0],
    ['half of a surrogate pair', Buffer.of(0x61, 0xed, 0xa0, 0x80), 1, 1],
    ['Shift JIS', Buffer.of(0x93, 0xfa, 0x96, 0x7b), 1, 0],
  ])('is refused with line and byte: %s', (_name, bytes, line, byte) => {
    expect(problem(bytes)).toMatchObject({ line, byte, encoding: null });
    expect(problem(bytes).message).toContain(`at offset ${byte}`);
  });

  test('of UTF-16 without its mark, of broken UTF-16 and of UTF-32 is named', () => {
    expect(problem(utf16('run the tests', '')).message).toContain('UTF-16 without');
    expect(problem(utf16('run the tests', '').swap16()).message).toContain('UTF-16 without');
    expect(problem(utf16('a\nb\ud800c')).message).toContain('not valid UTF-16');
    expect(problem(utf16('a\nb\ud800c')).line).toBe(2);
    expect(problem(utf16('ab').subarray(0, 5)).message).toContain('not valid UTF-16');
    expect(problem(Buffer.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0)).message).toContain('UTF-32');
  });

  test('that is refused says where it begins to be broken', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ minLength: 1, maxLength: 6 }),
        (before, bytes) => {
          const good = Buffer.from(before.toWellFormed());
          const all = Buffer.concat([good, Buffer.of(0xff), bytes]);
          fc.pre(!(good.length === 0 && (bytes[0] === 0xfe || bytes[0] === 0xff)));
          expect(() => decodeUtf8(all)).toThrow(expect.objectContaining({ byte: good.length }));
        },
      ),
    );
  });

  test('from stdin is refused with the way out', () => {
    expect(stdinText(utf16('run'))).toBe('run');
    const refused = {
      code: 'usage',
      message: expect.stringContaining('line 2'),
      hint: expect.stringContaining('iconv'),
    };
    expect(() => stdinText(Buffer.from('a\n\xe9', 'latin1'))).toThrow(expect.objectContaining(refused));
  });
});

test('characters that cannot be seen have names and are shown as escapes', () => {
  expect(deceptiveCharacter('a =\u00a01')).toEqual({ name: 'no-break space', code: 'U+00A0', column: 4 });
  expect(deceptiveCharacter('🙂\u200b')).toEqual({ name: 'zero-width space', code: 'U+200B', column: 2 });
  expect(deceptiveCharacter('a = “b”')).toMatchObject({ name: 'curly quotation mark', code: 'U+201C' });
  expect(deceptiveCharacter('a\u206a')).toMatchObject({ name: 'invisible character' });
  expect(deceptiveCharacter('grüße = "日本" # ok')).toBeNull();
  expect(visibleText('a\u200bb\u00a0c d\u{e0041}')).toBe('a\\u200bb\\u00a0c d\\U000e0041');
});
