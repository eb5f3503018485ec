import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homePath, shorten, shortenLines } from '../../src/text/shorten.ts';

const visibleText = fc.string({ unit: 'grapheme', maxLength: 300 });

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

describe('a path as it is written', () => {
  it.each([
    ['/home/me', '~'],
    ['/home/me/src/a', '~/src/a'],
    ['/home/melanie/src', '/home/melanie/src'],
    ['/tmp/home/me', '/tmp/home/me'],
  ])('%s is %s at home', (path, written) => expect(homePath(path, '/home/me')).toBe(written));

  it('is no shorter where the home folder is the root', () => expect(homePath('/a', '/')).toBe('/a'));
});
