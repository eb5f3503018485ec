import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, lineWidth, textOf } from '../../src/ui/painting/cells.ts';
import { markdownLines } from '../../src/ui/painting/markdown.ts';
import { painted } from '../../src/ui/painting/theme.ts';

/** Each look as a person could write it. */
function looks(lines: readonly Line[]): string {
  return lines
    .map((line) => line.map(({ text, look }) => (look === 'plain' ? text : `<${look}:${text}>`)).join(''))
    .join('\n');
}

describe('Markdown as lines', () => {
  it('has headings, emphasis, code, lists, quotations, links and code blocks', () => {
    const text = [
      '# Title',
      'Some **bold**, *soft* and ~~gone~~ `code`,',
      'with [a link](https://x.org/a) and https://example.org.',
      '- one\n- two\n  - nested\n- [x] done',
      '\n3. c\n4. d',
      '\n> said **so**',
      '\n```diff\n+ new\n- old\n  same\n```',
      '---',
    ].join('\n');
    expect(looks(markdownLines(text, 60))).toMatchInlineSnapshot(`
      "<accent:Title>

      Some <strong:bold>, <emphasis:soft> and <struck:gone> <code:code>,
      with <link:a link><dim: (https://x.org/a)> and <link:https://example.org>.

      <dim:• >one
      <dim:• >two
      <dim:  ><dim:• >nested
      <dim:• [x] >done

      <dim:3. >c
      <dim:4. >d

      <dim:▏ >said <strong:so>

      <dim:│ ><dim:diff>
      <dim:│ ><added:+ new>
      <dim:│ ><removed:- old>
      <dim:│ ><dim:  same>

      <dim:────────────────────────>"
    `);
  });

  it('aligns tables, breaks their cells, and makes a list of one that does not fit', () => {
    const text =
      '| file | lines |\n|---|--:|\n| totals.ts | 42 |\n| 日本語.ts | 7 |\n| a name of some words | 1000 |';
    const shown = (width: number): string =>
      markdownLines(text, width)
        .map((line) => textOf(line).trimEnd())
        .join('\n');
    expect(shown(60)).toMatchInlineSnapshot(`
      "file                  lines
      ───────────────────────────
      totals.ts                42
      日本語.ts                 7
      a name of some words   1000"
    `);
    expect(shown(20)).toMatchInlineSnapshot(`
      "file           lines
      ────────────────────
      totals.ts         42
      日本語.ts          7
      a name of       1000
      some words"
    `);
    expect(shown(10)).toContain('file:');
  });

  it('shows what has come so far of something unfinished', () => {
    expect(looks(markdownLines('Look:\n\n```ts\nconst a = 1;', 40))).toBe(
      'Look:\n\n<dim:│ ><dim:ts>\n<dim:│ ><code:const a = 1;>',
    );
    expect(looks(markdownLines('half **bo', 40))).toBe('half **bo');
  });

  it('keeps wide characters and emoji in their cells, whatever joins them', () => {
    const [line = []] = markdownLines('👨‍👩‍👧 ❤️ 👍🏽 日本 e\u0301', 40);
    expect(textOf(line)).toBe('👨👩👧 ❤ 👍 日本 é');
    expect(lineWidth(line)).toBe(6 + 1 + 1 + 1 + 2 + 1 + 4 + 1 + 1);
  });

  it('takes nothing for an escape sequence that an entity stands for', () => {
    expect(markdownLines('&#27;[31mred &#x1b;]0;t&#7; &lt;b&gt; &amp;', 60).map(textOf)).toEqual([
      'red  <b> &',
    ]);
  });

  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      ...[
        '\x1b[31m',
        '\x1b]0;title\x07',
        '\x1b]8;;http://x\x1b\\',
        '\x9b2J',
        '\x1bPq\x1b\\',
        '\u202e',
        '\r',
        '\b',
      ],
      ...[
        '# ',
        '- ',
        '> ',
        '1. ',
        '```',
        '`',
        '**',
        '| a | b |\n|---|---|\n| ',
        '[x](',
        ')',
        '&#27;',
        '\n',
        '\n\n',
      ],
      ...['\t', '日本語', '👩‍💻', '<b>', '![i](u)', '---\n', '    code\n', '- [ ] '],
    ),
  );
  const text = fc.array(pieces, { maxLength: 30 }).map((all) => all.join(''));

  it('lets no control character out and exceeds no width, whatever the text', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 100 }), (source, width) => {
        for (const line of markdownLines(source, width)) {
          expect(textOf(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          // Below this the sign before a line alone is wider.
          if (width >= 12) expect(lineWidth(line)).toBeLessThanOrEqual(width);
          const own = painted(line, true).replaceAll(/\x1b\[(?:[1-9]|2[2-9]|3[0-9]|91)m/g, '');
          expect(own).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 300 },
    );
  });
});
