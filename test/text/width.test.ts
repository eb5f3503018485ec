import { describe, expect, it } from 'vitest';
import { brokenAt, clip, widthOf } from '../../src/text/width.ts';

describe('the width of a line', () => {
  it('counts columns', () => {
    for (const [line, columns] of [
      ['abc', 3],
      ['日本', 4],
      ['🙂!', 3],
      ['👩‍👩‍👧', 2],
      ['🇩🇪', 2],
      ['⚠️', 2],
      ['e\u0301', 1],
      ['한글', 4],
      ['—…│', 3],
    ] as const) {
      expect([line, widthOf(line)]).toEqual([line, columns]);
    }
  });

  it('cuts between characters', () => {
    expect(clip('日本語', 4)).toBe('日…');
    expect(clip('日本語', 5, 'end')).toBe('…本語');
    expect(clip('a👩‍👩‍👧b', 2)).toBe('a…');
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abc', 0)).toBe('');
  });

  it('breaks between characters, and shows what is wider than a row as an ellipsis', () => {
    expect(brokenAt('abcde', 2)).toEqual(['ab', 'cd', 'e']);
    expect(brokenAt('日本語', 3, 4)).toEqual(['日本', '語']);
    expect(brokenAt('日本', 1)).toEqual(['…', '…']);
    expect(brokenAt('e\u0301e\u0301', 1)).toEqual(['e\u0301', 'e\u0301']);
    expect(brokenAt('', 3)).toEqual(['']);
  });

  it('takes no time that matters for a long line without spaces', () => {
    // A quadratic one takes minutes, which is longer than a test may take.
    expect(brokenAt('語'.repeat(50_000), 80)).toHaveLength(1_250);
  });
});
