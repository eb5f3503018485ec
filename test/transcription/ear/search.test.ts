import { describe, expect, test } from 'vitest';
import { search } from '../../../src/transcription/ear/beam-search.ts';
import { BEAMS, Proposer } from '../../../src/transcription/ear/candidates.ts';
import { begin } from '../../../src/transcription/ear/draft.ts';
import { Phrases } from '../../../src/transcription/ear/phrases.ts';
import { tokensOf } from '../../../src/transcription/ear/text.ts';
import { END_OF_TEXT as END } from '../../../src/transcription/ear/tokenizer.ts';
import { FakeDecoder, type Next } from './fake-decoder.ts';

/** What follows a text, by its tokens joined with spaces; the end follows any other. */
function table(rows: Readonly<Record<string, Next>>): FakeDecoder {
  return new FakeDecoder((text) => rows[text.join(' ')] ?? { [END]: 0.9 });
}

async function heard(
  decoder: FakeDecoder,
  { phrases = [], draft = [], limit = 20 }: { phrases?: number[][]; draft?: number[]; limit?: number } = {},
) {
  const proposer = new Proposer(new Phrases(phrases));
  const begun = await begin(decoder, proposer, draft);
  const checkpoint = async (): Promise<void> => undefined;
  const { text, end } = await search(decoder, proposer, { ...begun, from: begun.text, limit, checkpoint });
  return { ...tokensOf(text), end, kept: begun.text.length };
}

describe('beam search', () => {
  test('follows the likeliest tokens to the end', async () => {
    const decoder = table({ '': { 1: 0.9, 2: 0.1 }, 1: { 3: 0.8, 4: 0.2 }, '1 3': { [END]: 0.7, 5: 0.3 } });
    const { tokens, logProbs, end } = await heard(decoder);
    expect(tokens).toEqual([1, 3]);
    expect(logProbs.map(Math.exp)).toEqual([expect.closeTo(0.9, 3), expect.closeTo(0.8, 3)]);
    expect(Math.exp(end ?? 0)).toBeCloseTo(0.7, 3);
  });

  test('finds a text whose first token is not the likeliest', async () => {
    const decoder = table({ '': { 1: 0.6, 2: 0.4 }, 1: { 3: 0.3, 4: 0.3 }, 2: { 5: 0.95 } });
    expect((await heard(decoder)).tokens).toEqual([2, 5]);
  });

  test('follows several texts in one call of the decoder, and no hopeless one', async () => {
    const even = Object.fromEntries([1, 2, 3, 4, 5, 6].map((token) => [token, 1 / 6]));
    const decoder = new FakeDecoder((text) => (text.length < 3 ? even : { [END]: 1 }));
    await heard(decoder);
    expect(decoder.calls.map(({ texts }) => texts)).toEqual([1, BEAMS, BEAMS, BEAMS]);
    const sure = new FakeDecoder((text) => (text.length < 3 ? { 1: 0.9999999, 2: 1e-7 } : { [END]: 1 }));
    await heard(sure);
    expect(sure.calls.map(({ texts }) => texts)).toEqual([1, 1, 1, 1]);
  });

  test('begins neither with the end nor with a space, and writes nothing above the end', async () => {
    const decoder = table({
      '': { [END]: 0.5, 220: 0.3, 7: 0.1, [END + 1]: 0.1 },
      7: { [END]: 0.4, [END + 5]: 0.6 },
    });
    const { tokens, logProbs } = await heard(decoder);
    expect(tokens).toEqual([7]);
    // What is not allowed has no share of the probability.
    expect(Math.exp(logProbs[0] ?? 0)).toBeCloseTo(1, 3);
  });

  test('the limit ends a text without an end', async () => {
    const decoder = new FakeDecoder(() => ({ 1: 1 }));
    expect(await heard(decoder, { limit: 7 })).toMatchObject({ tokens: Array(7).fill(1), end: null });
  });

  test('a finished text waits until no open one is better', async () => {
    // [1] ends with 0.5 * 0.5; [2 3 4] is likelier in the end, though it is worse at that moment.
    const decoder = table({
      '': { 1: 0.45, 2: 0.55 },
      1: { [END]: 0.6, 9: 0.4 },
      2: { 3: 0.9 },
      '2 3': { 4: 0.9 },
    });
    expect((await heard(decoder)).tokens).toEqual([2, 3, 4]);
  });

  test('stops when its checkpoint throws', async () => {
    const decoder = new FakeDecoder(() => ({ 1: 1 }));
    const proposer = new Proposer(new Phrases([]));
    const begun = await begin(decoder, proposer, []);
    let left = 3;
    const checkpoint = async (): Promise<void> => {
      left -= 1;
      if (left === 0) throw new DOMException('enough', 'AbortError');
    };
    const searched = search(decoder, proposer, { ...begun, from: begun.text, limit: 20, checkpoint });
    await expect(searched).rejects.toMatchObject({ name: 'AbortError' });
    expect(decoder.calls).toHaveLength(3);
  });
});

describe('phrases in the search', () => {
  const rows = { '': { 1: 0.9, 10: 0.1 }, 10: { 11: 0.9 }, '10 11': { 12: 0.9 } };

  test('a phrase wins over likelier words', async () => {
    expect((await heard(table(rows))).tokens).toEqual([1]);
    expect((await heard(table(rows), { phrases: [[10, 11]] })).tokens).toEqual([10, 11, 12]);
  });

  test('a phrase that breaks off gives its bonus back', async () => {
    expect((await heard(table(rows), { phrases: [[10, 11, 99]] })).tokens).toEqual([1]);
    // Also where the text ends in the middle of it.
    expect((await heard(table({ '': { 1: 0.9, 10: 0.1 } }), { phrases: [[10, 99]] })).tokens).toEqual([1]);
  });

  test('a phrase within a longer one keeps its bonus when the longer one breaks off', async () => {
    expect(
      (
        await heard(table(rows), {
          phrases: [
            [10, 11],
            [10, 11, 99, 98],
          ],
        })
      ).tokens,
    ).toEqual([10, 11, 12]);
  });

  test('the next token of a started phrase is tried though it is not among the likeliest', async () => {
    const likely = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [100 + index, 0.049]));
    const decoder = (): FakeDecoder =>
      table({ '': { 10: 1 }, 10: { ...likely, 11: 0.01 }, '10 11': { 12: 0.9 }, '10 11 12': { [END]: 1 } });
    expect((await heard(decoder(), { phrases: [[10, 11, 12]] })).tokens).toEqual([10, 11, 12]);
    const { tokens } = await heard(decoder(), { phrases: [[11, 12]] });
    expect(tokens).toEqual([10, 11, 12]);
  });

  test('what is far from likely is not heard, phrase or not', async () => {
    const decoder = table({ '': { 1: 0.999, 10: 1e-4 } });
    expect((await heard(decoder, { phrases: [[10]] })).tokens).toEqual([1]);
  });
});

describe('a draft', () => {
  /** Counts up: 1, 2, 3 ... and ends after `last`. */
  const counting = (last: number, sure = 0.95): FakeDecoder =>
    new FakeDecoder((text) =>
      text.length < last ? { [text.length + 1]: sure, [text.length + 50]: 1 - sure } : { [END]: 1 },
    );
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

  test('that is right takes one call of the decoder', async () => {
    const decoder = counting(8);
    expect(await heard(decoder, { draft: upTo(8) })).toMatchObject({ tokens: upTo(8), kept: 8 });
    expect(decoder.calls).toHaveLength(1);
  });

  test('that is the beginning costs what is missing', async () => {
    const decoder = counting(8);
    expect(await heard(decoder, { draft: upTo(6) })).toMatchObject({ tokens: upTo(8), kept: 6 });
    expect(decoder.calls).toHaveLength(3);
  });

  test.each([
    ['with other words at its end', [1, 2, 3, 4, 77, 78], 4],
    ['with other words at its beginning', [77, 2, 3, 4], 0],
    ['that is longer than the text', [...upTo(8), 77], 8],
    ['that is another text', [70, 71, 72], 0],
    ['that is empty', [], 0],
  ])('%s changes nothing', async (_name, draft, kept) => {
    const without = await heard(counting(8));
    expect(await heard(counting(8), { draft })).toEqual({ ...without, kept });
  });

  test('is given up where the search could decide otherwise', async () => {
    // 3 is a little likelier than 60, which leads to the better text.
    const rows = new FakeDecoder((text) => {
      if (text.length === 2) return { 3: 0.52, 60: 0.48 };
      if (text[2] === 3 && text.length === 3) return { 4: 0.5, 5: 0.5 };
      return text.length < 4 ? { [text.length + 1]: 1 } : { [END]: 1 };
    });
    const { tokens, kept } = await heard(rows, { draft: [1, 2, 3, 4] });
    expect(tokens).toEqual([1, 2, 60, 4]);
    expect(kept).toBe(2);
  });

  test('gives way to a phrase that the search would hear', async () => {
    const decoder = (): FakeDecoder =>
      new FakeDecoder((text) => (text.length < 3 ? { [text.length + 1]: 0.8, 90: 0.2 } : { [END]: 1 }));
    const phrases = [[90]];
    const without = await heard(decoder(), { phrases });
    expect(without.tokens).toContain(90);
    expect((await heard(decoder(), { phrases, draft: [1, 2, 3] })).tokens).toEqual(without.tokens);
  });

  test('keeps a phrase in which it ends started', async () => {
    const decoder = (): FakeDecoder =>
      table({ '': { 10: 1 }, 10: { 1: 0.7, 11: 0.3 }, '10 11': { [END]: 1 } });
    const phrases = [[10, 11]];
    expect((await heard(decoder(), { phrases, draft: [10] })).tokens).toEqual([10, 11]);
  });
});
