import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanPrompt } from '../../../src/agent/prompt.ts';
import { pasteKeys } from '../../../src/codex/tui/paste.ts';

describe('the keys of a prompt', () => {
  test('whatever comes in, the keys are pastes with plain text in them', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('\x1b[201~', '\x1b', '\r', '\x9b', '\ud800', 'a', '!ls', '/new', '\n'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        fc.pre(/[a-z]/u.test(text));
        const clean = cleanPrompt(text);
        expect(clean).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/u);
        expect(clean.isWellFormed()).toBe(true);
        expect(cleanPrompt(clean)).toBe(clean);
        const pastes = pasteKeys(clean).matchAll(/\x1b\[200~([^\x1b]*)\x1b\[201~/gu);
        const texts = [...pastes].map(([, pasted]) => pasted);
        expect(pasteKeys(clean)).toBe(texts.map((pasted) => `\x1b[200~${pasted}\x1b[201~`).join(''));
        expect([texts[0], texts.slice(1, -1).join(''), texts.at(-1)]).toEqual([' ', clean, ' ']);
      }),
    );
  });

  test.each([
    'image.png',
    './a/Photo.JPEG',
    "'my image.webp'",
    '"x.gif"',
    'file:///tmp/a.tiff',
    'a.bmp  ", ok.png',
  ])('no paste is the path of an image: %s', (prompt) => {
    const pasted = pasteKeys(prompt).split(/\x1b\[20[01]~/u);
    expect(pasted.filter((text) => /\.(png|jpe?g|webp|gif|tiff?|bmp)\W*$/i.test(text))).toEqual([]);
    expect(pasted.join('').trim()).toBe(prompt);
  });
});
