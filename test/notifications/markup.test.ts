import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkup } from '../../src/notifications/markup.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

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
