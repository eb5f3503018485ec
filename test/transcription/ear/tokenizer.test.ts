import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assetPath } from '../../../src/single-file/assets.ts';
import { Phrases } from '../../../src/transcription/ear/phrases.ts';
import { Tokenizer } from '../../../src/transcription/ear/tokenizer.ts';

const tokenizer = await Tokenizer.load(assetPath('ear/tokens.json'));

// What tiktoken gives for the encodings gpt2 and r50k_base.
test.each([
  ['hello world', [31373, 995]],
  ['tiktoken is great!', [83, 1134, 30001, 318, 1049, 0]],
  ['antidisestablishmentarianism', [415, 29207, 44390, 3699, 1042]],
  ['2 + 2 = 4', [17, 1343, 362, 796, 604]],
  [
    'お誕生日おめでとう',
    [2515, 232, 45739, 243, 37955, 33768, 98, 2515, 232, 1792, 223, 30640, 30201, 29557],
  ],
])('splits %s as tiktoken does', (text, tokens) => {
  expect(tokenizer.encode(text)).toEqual(tokens);
  expect(tokenizer.decode(tokens)).toBe(text);
});

test.each([
  ["it's we're they'll I'd", ['it', "'s", ' we', "'re", ' they', "'ll", ' I', "'d"]],
  ['a  b', ['a', ' ', ' b']],
  [' end  ', [' end', '  ']],
  ['x=1;', ['x', '=', '1', ';']],
])('divides "%s" at the same places', (text, pieces) => {
  expect(tokenizer.encode(text)).toEqual(pieces.flatMap((piece) => tokenizer.encode(piece)));
});

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const tokens = tokenizer.encode(text);
      expect(tokenizer.decode(tokens)).toBe(text.toWellFormed());
      expect(tokens.every((token) => tokenizer.bytesOf(token).length > 0)).toBe(true);
    }),
  );
});

test('a special token has no text', () => {
  expect(tokenizer.decode([50_256, 31_373, 50_257, 50_362])).toBe('hello');
});

test('phrases are taken as they stand within a text', () => {
  const phrases = Phrases.of(['hello world', ' use effect ', ''], tokenizer);
  expect([...phrases.firstTokens].map((token) => tokenizer.decode([token]))).toEqual([' hello', ' use']);
});

test('a file that is no vocabulary is refused', () => {
  expect(() => Tokenizer.parse('{}')).toThrow(SyntaxError);
  expect(() => Tokenizer.parse('["IQ=="]')).toThrow(SyntaxError);
});
