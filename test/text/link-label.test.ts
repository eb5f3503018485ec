import { describe, expect, test } from 'vitest';
import { bubbleMarkdown } from '../../src/bubbles/markdown.ts';
import { plainOf } from '../../src/notifications/rich-text.ts';
import { linkTarget, saysHost } from '../../src/text/link-label.ts';
import { readMarkdown } from '../../src/text/markdown.ts';
import { markdownLines } from '../../src/ui/painting/markdown.ts';

/** Label, address, and the host that must be shown after it; null: the label says it. */
const LINKS: readonly [label: string, href: string, shown: string | null][] = [
  ['https://paypal.com/login', 'http://pal.co/x', 'pal.co'],
  ['paypal.com', 'https://pal.com/', 'pal.com'],
  ['https://bank.com', 'https://bank.com.evil.org/', 'bank.com.evil.org'],
  ['https://bank.com', 'https://bank.com:8443/', 'bank.com:8443'],
  ['https://bank.com:8443/a', 'https://bank.com:8443/b', null],
  ['https://bank.com', 'https://bank.com@evil.org/', 'evil.org'],
  ['https://bank.com@evil.org', 'https://bank.com@evil.org/', 'evil.org'],
  ['https://bank.com/?x=evil.org', 'https://evil.org/', 'evil.org'],
  ['evil.org is bank.com', 'https://evil.org/', 'evil.org'],
  ['see evil.org', 'https://evil.org/', 'evil.org'],
  [String.raw`bank.com\.evil.org`, 'https://evil.org/', 'evil.org'],
  ['b\u0430nk.com', 'https://b\u0430nk.com/', 'xn--bnk-6cd.com'],
  ['https://b\u0430nk.com/', 'https://xn--bnk-6cd.com/', 'xn--bnk-6cd.com'],
  ['xn--bnk-6cd.com', 'https://b\u0430nk.com/', null],
  ['docs', 'https://a.org/docs', 'a.org'],
  ['a.org', 'https://a.org/', null],
  ['A.org/docs', 'https://a.org/other', null],
  ['http://a.org', 'https://a.org/', null],
  ['a.org:443', 'https://a.org:443/', 'a.org'],
  ['https://a.org/x(y)', 'https://a.org/', null],
  ['me@a.org', 'mailto:me@a.org', null],
  ['me@a.org', 'mailto:you@evil.org', 'you@evil.org'],
  ['a.org', 'mailto:me@a.org', 'me@a.org'],
];

describe('where a link leads', () => {
  test.each(LINKS)('[%s](%s): %s', (label, href, shown) => {
    const target = linkTarget(href);
    if (!target) throw new Error('it leads nowhere');
    expect(saysHost(label, target) ? null : target.host).toBe(shown);
  });

  test.each(LINKS.filter(([label, href]) => !/[\\()]/u.test(label + href)))(
    'is shown in both places: [%s](%s): %s',
    (label, href, shown) => {
      const text = `[${label}](${href})`;
      const bubble = plainOf(bubbleMarkdown(text, readMarkdown));
      const screen = markdownLines(text, 200)
        .map((line) => line.map((each) => each.text).join(''))
        .join('\n');
      if (shown === null) {
        expect([bubble, screen]).toEqual([label, label]);
        return;
      }
      expect(bubble).toBe(`${label} (${shown})`);
      const after = screen.slice(label.length);
      expect(after).toMatch(/^ \((?:https?:\/\/|mailto:)?[^/@]*/u);
      expect(after.replace(/^ \((?:https?:\/\/|mailto:)?/u, '').split(/[/)]/u)[0]).toBe(shown);
    },
  );

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'vbscript:x',
    '//evil.org/x',
    '/etc/passwd',
    'src/a.ts',
    'evil.org',
    'ftp://evil.org',
    'ms-settings:x',
    'mailto:',
    'https://',
    '',
  ])('%s cannot be opened', (href) => {
    expect(linkTarget(href)).toBeNull();
    const rich = bubbleMarkdown(`[x](${href})`, readMarkdown);
    expect(rich.flat().some(({ link }) => link !== undefined)).toBe(false);
  });

  test('name, password, and what a letter would have in it, are left out', () => {
    expect(linkTarget('https://bank.com:x@evil.org/a')?.address).toBe('https://evil.org/a');
    expect(linkTarget('mailto:me@a.org?bcc=you@evil.org&body=x')?.address).toBe('mailto:me@a.org');
  });
});
