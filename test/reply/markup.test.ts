import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/plain-text.ts';
import { escapeMarkup } from '../../src/reply/markup.ts';
import { shorten, shortenLines } from '../../src/shorten.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 300 });
const visibleText = fc.string({ unit: 'grapheme', maxLength: 300 });

describe('plainText', () => {
  it.each([
    ['escape sequences', '\u001b[31mred\u001b[0m \u001b]0;title\u0007x', 'red x'],
    ['longer sequences', 'a\u001b[38;5;1mb\u001b(Bc\u001b]8;;http://x\u001b\\d\u001bP1$q\u001b\\e', 'abcde'],
    ['what looks like one and has no end', 'a\u001b]8;b\nc\u001b[', 'a]8;b\nc['],
    ['a lone escape and C0', 'a\u001bb\u0000c\u0007d\u0008e', 'abcde'],
    ['C1', 'a\u009bb\u0090c', 'abc'],
    ['bidirectional overrides and isolates', 'a\u202eb\u2066c\u2069d', 'abcd'],
    ['lone surrogates', 'a\ud83db\udc00c', 'abc'],
    ['noncharacters and byte order marks', 'a\ufffeb\uffffc\ufeffd', 'abcd'],
    ['line ends of other systems', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['blank lines and trailing blanks', '\n\na  \n \n\n\nb\t\n', 'a\n\nb'],
    ['tabs', 'a\tb', 'a  b'],
  ])('strips %s', (_, text, expected) => expect(plainText(text)).toBe(expected));

  it('keeps emoji, joiners and combining marks', () => {
    for (const text of ['👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'é ü', '日本語', 'می‌خواهم', '🇩🇪']) expect(plainText(text)).toBe(text);
  });

  it.each([
    ['blanks', ' '],
    ['lines', '\n'],
    ['CSI', '\u001b['],
    ['OSC', '\u001b]'],
    ['parameters', '\u001b[1;1'],
    ['combining marks', '\u0301'],
  ])('takes no time that matters for very many %s', (_, text) => {
    const began = performance.now();
    shorten(plainText(`a${text.repeat(300_000)}b`), 400);
    expect(performance.now() - began).toBeLessThan(2_000); // a quadratic one takes minutes
  });

  it('leaves nothing that a bus or a terminal would mind, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }), (units) => {
        const text = plainText(String.fromCharCode(...units));
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toContain('\n\n\n');
      }),
    );
  });

  it('has nothing left to do the second time', () => {
    fc.assert(
      fc.property(visibleText, (text) => {
        expect(plainText(plainText(text))).toBe(plainText(text));
      }),
    );
  });
});

describe('escapeMarkup', () => {
  it('escapes tags and entities', () => {
    expect(escapeMarkup('<b>a && "b"</b> &lt;')).toBe('&lt;b&gt;a &amp;&amp; "b"&lt;/b&gt; &amp;lt;');
  });

  it('can be undone', () => {
    const restore = (text: string) =>
      text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeMarkup(text)).not.toMatch(/[<>]/);
        expect(restore(escapeMarkup(text))).toBe(text);
      }),
    );
  });
});

describe('shorten', () => {
  it.each([
    ['short enough', 20, 'short enough'],
    ['exactly ten', 11, 'exactly ten'],
    ['one two three', 8, 'one two…'],
    ['one two three', 7, 'one…'],
    ['unbreakable', 6, 'unbre…'],
    ['ab cdefghijkl', 10, 'ab cdefgh…'],
    ['日本語のとても長い答え', 5, '日本語の…'],
    ['ab👩‍👩‍👧‍👦cd', 6, 'ab…'],
    ['abcd😀', 6, 'abcd😀'],
    ['abcd😀e', 6, 'abcd…'],
    ['anything', 1, '…'],
  ])('%j at %i is %j', (text, max, expected) => expect(shorten(text, max)).toBe(expected));

  it('is a beginning of the text that ends with a whole character, and fits', () => {
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(visibleText, fc.integer({ min: 1, max: 120 }), (text, max) => {
        const short = shorten(text, max);
        if (text.length <= max) {
          expect(short).toBe(text);
          return;
        }
        expect(short.length).toBeLessThanOrEqual(max);
        const kept = short.slice(0, -1);
        expect(short.endsWith('…')).toBe(true);
        expect(text.startsWith(kept)).toBe(true);
        const boundaries = new Set([...graphemes.segment(text)].map(({ index }) => index));
        expect(boundaries.has(kept.length)).toBe(true);
      }),
    );
  });

  it('ends at a word where there are words', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(words, (list) => {
        const kept = shorten(list.join(' '), 30).replace(/…$/, '').split(' ');
        expect(list.slice(0, kept.length)).toEqual(kept);
      }),
    );
  });
});

describe('shortenLines', () => {
  it('keeps the first lines', () => {
    expect(shortenLines('a\nb\nc', 3)).toBe('a\nb\nc');
    expect(shortenLines('a\nb\n\nc', 3)).toBe('a\nb…');
  });
});
