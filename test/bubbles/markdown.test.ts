import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bubbleMarkdown } from '../../src/bubbles/markdown.ts';
import { markupOf, plainOf, shortenRich } from '../../src/notifications/rich-text.ts';
import { closeMarkdown } from '../../src/text/close-markdown.ts';
import { readMarkdown } from '../../src/text/markdown.ts';

const everything = { links: true, monospace: true };
const markup = (markdown: string, abilities = everything): string =>
  markupOf(bubbleMarkdown(markdown, readMarkdown), abilities);
const plain = (markdown: string): string => plainOf(bubbleMarkdown(markdown, readMarkdown));

/** Reads markup as an XML parser would; gives the text in it. @throws where it is not well-formed or not allowed */
function parsed(text: string): string {
  const open: string[] = [];
  let content = '';
  const piece = /<(\/?)(b|i|tt|a)( href="[^"<>]*")?>|&(amp|lt|gt|quot|#39);|[^<>&]/guy;
  let end = 0;
  for (const [all, closing, tag, attribute] of text.matchAll(piece)) {
    end += all.length;
    if (tag === undefined) {
      content += all;
    } else if (closing) {
      if (open.pop() !== tag || attribute) throw new Error(`${all} closes nothing`);
    } else {
      if ((tag === 'a') !== (attribute !== undefined)) throw new Error(`not allowed: ${all}`);
      if (attribute && !/^ href="(https?:|mailto:)/.test(attribute)) throw new Error(`leads away: ${all}`);
      if (attribute && /&(?!(amp|lt|gt|quot|#39);)/.test(attribute)) throw new Error(`unescaped: ${all}`);
      open.push(tag);
    }
  }
  if (end !== text.length) throw new Error(`not markup: ${text.slice(end, end + 20)}`);
  if (open.length > 0) throw new Error(`left open: ${open.join()}`);
  return content;
}

const sign = fc.constantFrom(
  ...[
    '*',
    '**',
    '_',
    '`',
    '```\n',
    '[',
    '](',
    'https://x.y/?a=1&b="',
    ')',
    '<b>',
    '</i>',
    '&amp;',
    '&lt;',
    '&',
  ],
  ...[
    '# ',
    '- ',
    '1. ',
    '> ',
    '|',
    '\n|---|---|\n',
    '\n',
    '\n\n',
    '  ',
    '\\',
    '~~',
    '- [x] ',
    '<!--',
    "javascript:'",
  ],
);
const markdown = fc
  .array(fc.oneof(sign, fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('word', ' ')), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

describe('Markdown in a bubble', () => {
  it.each([
    ['emphasis', 'a **b** *c* ~~d~~ `e`', 'a <b>b</b> <i>c</i> d <tt>e</tt>'],
    ['both', '***x***', '<b><i>x</i></b>'],
    ['headings', '# Title\ntext', '<b>Title</b>\ntext'],
    ['lists', '- a\n- b\n  - c\n\n3. x\n4. y', '• a\n• b\n\u00a0\u00a0\u00a0• c\n3. x\n4. y'],
    ['tasks', '- [x] a\n- [ ] b', '☑ a\n☐ b'],
    ['line ends', 'a\nb\n\nc', 'a\nb\n\nc'],
    ['a link', '[docs](https://a.b/?x=1&y=2)', '<a href="https://a.b/?x=1&amp;y=2">docs</a> (a.b)'],
    ['a link that says so', '[a.b/c](https://a.b/c)', '<a href="https://a.b/c">a.b/c</a>'],
    ['what lies', '[bank.com](https://evil.com)', '<a href="https://evil.com/">bank.com</a> (evil.com)'],
    ['a file', '[src/a.ts](/home/me/src/a.ts:3)', 'src/a.ts'],
    ['a script', '[x](javascript:alert(1))', 'x'],
    ['tags', '<b onclick="x">a</b> & <script>', '&lt;b onclick="x"&gt;a&lt;/b&gt; &amp; &lt;script&gt;'],
    ['entities', '&lt;b&gt; &amp;amp;', '&lt;b&gt; &amp;amp;'],
    [
      'code',
      '```js\nif (a < b)\n  c();\n```',
      '<tt>\u00a0if (a &lt; b)</tt>\n<tt>\u00a0\u00a0\u00a0c();</tt>',
    ],
    [
      'tables',
      '| a | b |\n|---|---|\n| cc | **d** |',
      '<b><tt>\u00a0a\u00a0\u00a0\u00a0b</tt></b>\n<tt>\u00a0cc\u00a0\u00a0d</tt>',
    ],
    ['quotes', '> a\n> b', '│ a\n│ b'],
  ])('%s', (_, from, to) => expect(markup(from)).toBe(to));

  it('keeps the signs of code where there is no markup, and no other signs', () => {
    expect(plain('Run `npm test` **now**, see [docs](https://a.b)')).toBe(
      'Run `npm test` now, see docs (a.b)',
    );
    expect(markup('`a<b`', { links: false, monospace: false })).toBe('`a&lt;b`');
  });

  it('tells a wide table row by row', () => {
    const wide = 'x'.repeat(40);
    expect(plain(`| name | what |\n|---|---|\n| a | ${wide} |`)).toBe(`• name: a, what: ${wide}`);
  });

  it('is well-formed markup with the allowed tags alone, whatever the answer is, whole or cut', () => {
    fc.assert(
      fc.property(
        markdown,
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 6 }),
        (text, characters, lines) => {
          for (const each of [text, closeMarkdown(text)]) {
            const { rich, whole } = shortenRich(bubbleMarkdown(each, readMarkdown), { characters, lines });
            for (const abilities of [everything, { links: false, monospace: false }])
              parsed(markupOf(rich, abilities));
            expect(plainOf(rich)).not.toMatch(/(?!\n)\p{Cc}|\p{Cs}/u);
            if (!whole) expect(plainOf(rich).endsWith('…')).toBe(true);
            expect(rich.length).toBeLessThanOrEqual(lines + 1);
            expect(rich.flat().reduce((sum, span) => sum + span.text.length, 0)).toBeLessThanOrEqual(
              characters + 1,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('looks fine while it is being written', () => {
    const answer =
      'I **changed** `src/a.ts` and *two* others, see [the docs](https://a.b/c).\n\n- one **bold**\n- `two`\n\nDone *now*.';
    for (let end = 0; end <= answer.length; end += 1) {
      const shown = plainOf(bubbleMarkdown(closeMarkdown(answer.slice(0, end)), readMarkdown));
      expect(shown.replace(/`[^`]*`/g, ''), answer.slice(0, end)).not.toMatch(/[*[\]`]|https/);
    }
  });

  it('shows as it is what is no Markdown for a machine', () => {
    const nested = '>'.repeat(15_000);
    expect(parsed(markup(nested))).toContain('&gt;');
    expect(bubbleMarkdown('**a**\nb', null)).toEqual([[{ text: '**a**' }], [{ text: 'b' }]]);
  });
});
