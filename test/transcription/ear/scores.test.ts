import { expect, test } from 'vitest';
import { RowReader } from '../../../src/transcription/ear/scores.ts';
import { randomNumbers } from '../../support/noise.ts';

test('finds the best tokens and the sum of the probabilities, in any row', () => {
  const random = randomNumbers(7);
  const reader = new RowReader(8);
  for (let run = 0; run < 50; run += 1) {
    const [length, offset] = [2_000, run * 10];
    const spread = run % 2 === 0 ? 10 : 60;
    const logits = Float32Array.from({ length: offset + length }, () => spread * (random() - 0.5));
    const row = logits.subarray(offset);
    const order = Array.from(row, (logit, token) => ({ logit, token })).sort((a, b) => b.logit - a.logit);
    const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
    const { tokens, logSum, best } = reader.read(logits, offset, length);
    expect(Array.from(tokens, (token) => row[token])).toEqual(order.slice(0, 8).map(({ logit }) => logit));
    expect(new Set(tokens).size).toBe(8);
    expect(logSum).toBeCloseTo(Math.log(sum), 3);
    expect(best).toBeCloseTo((order[0]?.logit ?? 0) - Math.log(sum), 3);
  }
});

test('what is suppressed does not come, and has no probability', () => {
  const { tokens, logSum } = new RowReader(2).read(Float32Array.of(9, 3, 2, 1), 0, 4, [0]);
  expect([...tokens]).toEqual([1, 2]);
  expect(logSum).toBeCloseTo(Math.log(Math.exp(3) + Math.exp(2) + Math.exp(1)), 5);
});
