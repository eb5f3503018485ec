import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellText,
  displayText,
  exactText,
  lineText,
  promptText,
  removedFromPrompt,
  terminalText,
} from '../../src/text/clean.ts';
import { shorten } from '../../src/text/shorten.ts';

const visibleText = fc.string({ unit: 'grapheme', maxLength: 300 });

describe('displayText', () => {
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
  ])('strips %s', (_, text, expected) => expect(displayText(text)).toBe(expected));

  it('keeps emoji, joiners and combining marks', () => {
    for (const text of ['👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'é ü', '日本語', 'می‌خواهم', '🇩🇪'])
      expect(displayText(text)).toBe(text);
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
    shorten(displayText(`a${text.repeat(300_000)}b`), 400);
    expect(performance.now() - began).toBeLessThan(2_000); // a quadratic one takes minutes
  });

  it('leaves nothing that a bus or a terminal would mind, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }), (units) => {
        const text = displayText(String.fromCharCode(...units));
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toContain('\n\n\n');
      }),
    );
  });

  it('has nothing left to do the second time', () => {
    fc.assert(
      fc.property(visibleText, (text) => {
        expect(displayText(displayText(text))).toBe(displayText(text));
      }),
    );
  });
});

/** One untrusted text, as each place gets it. */
const HOSTILE = 'a\x1b[31mb\x1b]0;t\x07c\x9b2J\u202ed\ufeff\u200be\ud800\x00\r\nf\tg\x7f  ';

describe('each place', () => {
  it.each([
    ['a terminal that is typed into', promptText, 'a[31mb]0;tc2Jde\nf\tg  '],
    ['a terminal that is printed on', terminalText, 'abc2Jd\u200be\nf\tg  '],
    ['a notification', displayText, 'abc2Jd\u200be\nf  g'],
    ['a line', (text: string) => lineText(text), 'abc2Jd\u200be f g'],
    ['a screen of cells', cellText, 'abc2Jde\nf    g  '],
    ['a decision', exactText, 'a␛[31mb␛]0;t␇c⟨009B⟩2J⟨202E⟩d⟨FEFF⟩⟨200B⟩e⟨D800⟩␀\nf\tg⟨007F⟩  '],
  ])('%s gets what it can bear', (_, clean, expected) => expect(clean(HOSTILE)).toBe(expected));

  it.each([
    ['promptText', promptText],
    ['terminalText', terminalText],
    ['displayText', displayText],
    ['lineText', (text: string) => lineText(text)],
    ['cellText', cellText],
    ['exactText', exactText],
  ])(
    '%s lets no control character through, whatever comes, and has nothing to do the second time',
    (_, clean) => {
      const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 });
      const pieces = fc.constantFrom('\x1b[2J', '\x1b]0;t\x07', '\x9b', '\x1b[200~', '\r', 'x', '\u0301');
      fc.assert(
        fc.property(units, fc.array(pieces), (raw, some) => {
          const text = clean(String.fromCharCode(...raw) + some.join(''));
          expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
          expect(text.isWellFormed()).toBe(true);
          expect(clean(text)).toBe(text);
        }),
      );
    },
  );

  it('a line is shortened at a word, and has no line break', () => {
    expect(lineText('one\ntwo\t three', 8)).toBe('one two…');
  });

  it('says what a prompt loses', () => {
    expect(removedFromPrompt('a\x1b\x07b\u200bc')).toEqual(['2 control characters', '1 invisible character']);
    expect(removedFromPrompt('a\tb\r\nc')).toEqual([]);
  });
});
