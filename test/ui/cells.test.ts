import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellText } from '../../src/text/clean.ts';
import { widthOf } from '../../src/text/width.ts';
import {
  cut,
  ends,
  fitted,
  lineWidth,
  marked,
  span,
  textOf,
  wrapped,
  wrappedCode,
} from '../../src/ui/painting/cells.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('日', '👩‍💻', 'word', ' ', '\x1b[2J', 'e\u0301', '\t'), { maxLength: 20 })
    .map((all) => all.join('')),
);

describe('cells', () => {
  it('counts them as a terminal does', () => {
    expect(widthOf('abc')).toBe(3);
    expect(widthOf('日本')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf('🎉✅')).toBe(4);
  });

  it('leaves nothing in a text that moves, hides or reorders', () => {
    expect(cellText('a\x1b[31mb\x1b]0;t\x07c\x9b2Jd\u202ee\u200bf\x00g\x7f')).toBe('abc2Jdefg');
    expect(cellText('one\r\ntwo\rthree\ttab')).toBe('one\ntwo\nthree    tab');
    expect(cellText(`a${'\u0301'.repeat(50)}`).length).toBeLessThan(5);
  });

  it('cuts, fills up and puts something at both ends', () => {
    const line = [span('日本語', 'strong'), span(' text')];
    expect(textOf(cut(line, 6))).toBe('日本…');
    expect(lineWidth(fitted(line, 7))).toBe(7);
    expect(textOf(fitted([span('ab')], 4))).toBe('ab  ');
    expect(textOf(ends([span('left')], [span('right')], 20))).toBe('left           right');
    expect(textOf(ends([span('a long left side')], [span('right')], 12))).toBe('a long left…');
  });

  it('breaks at blanks, and within words that are longer than the line', () => {
    const rows = (source: string, width: number): string[] => wrapped([span(source)], width).map(textOf);
    expect(rows('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(rows('a abcdefghijklmno', 6)).toEqual(['a', 'abcdef', 'ghijkl', 'mno']);
    expect(rows('日本語日本語', 5)).toEqual(['日本', '語日', '本語']);
    expect(wrappedCode('x = 1;', 'code', 4).map(textOf)).toEqual(['x = ', '1;']);
  });

  it('marks words whatever their case', () => {
    const line = marked([span('Totals of totals.ts')], ['totals'], 'chosen');
    expect(line.filter(({ look }) => look === 'chosen').map((each) => each.text)).toEqual([
      'Totals',
      'totals',
    ]);
    expect(marked([span('a+b')], ['+'], 'chosen').map((each) => each.text)).toEqual(['a', '+', 'b']);
  });

  it('never exceeds the width, and loses nothing but blanks', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (source, width) => {
        const line = span(source);
        const rows = wrapped([line], width);
        for (const row of rows) expect(lineWidth(row)).toBeLessThanOrEqual(width);
        const bare = (all: string): string => all.replace(/\s+/gu, '');
        expect(bare(rows.map(textOf).join(''))).toBe(bare(line.text));
        expect(lineWidth(cut([line], width))).toBeLessThanOrEqual(width);
        expect(lineWidth(fitted([line], width))).toBe(width);
        expect(wrappedCode(line.text, 'code', width).map(textOf).join('')).toBe(line.text);
      }),
      { numRuns: 500 },
    );
  });
});
