import { expect, test } from 'vitest';
import { Cache } from '../../../src/transcription/ear/cache.ts';

const [BLOCKS, HEADS, SIZE] = [8, 6, 64];

/** Writes what a network would: the past, and one number for the new token in each block, text and head. */
function append(cache: Cache, numbers: readonly number[]): void {
  const { data: past, shape } = cache.past;
  const { data, shape: after } = cache.future(1);
  const [, texts, , tokens] = shape;
  expect(after).toEqual([BLOCKS, texts, HEADS, tokens + 1, SIZE]);
  for (let head = 0; head < BLOCKS * texts * HEADS; head += 1) {
    const from = head * tokens * SIZE;
    const to = head * (tokens + 1) * SIZE;
    data.set(past.subarray(from, from + tokens * SIZE), to);
    const text = Math.floor(head / HEADS) % texts;
    data.fill((numbers[text] ?? 0) + head / 1_000, to + tokens * SIZE, to + (tokens + 1) * SIZE);
  }
  cache.advance(1);
}

/** The numbers of each text; every block and head must hold the same ones. */
function texts(cache: Cache): number[][] {
  const { data, shape } = cache.past;
  const [, count, , tokens] = shape;
  const found: number[][] = Array.from({ length: count }, () => []);
  for (let head = 0; head < BLOCKS * count * HEADS; head += 1) {
    const text = Math.floor(head / HEADS) % count;
    const numbers = Array.from({ length: tokens }, (_, token) =>
      Math.floor(data[(head * tokens + token) * SIZE + SIZE - 1] ?? Number.NaN),
    );
    if (head < count * HEADS && head % HEADS === 0) found[text] = numbers;
    expect(numbers).toEqual(found[text]);
  }
  return found;
}

test('remembers what each text holds, through forks and cuts', () => {
  const cache = new Cache();
  append(cache, [1]);
  append(cache, [2]);
  cache.fork([0, 0, 0]);
  append(cache, [3, 4, 5]);
  expect(texts(cache)).toEqual([
    [1, 2, 3],
    [1, 2, 4],
    [1, 2, 5],
  ]);
  cache.fork([2, 0, 2, 1]);
  append(cache, [6, 7, 8, 9]);
  expect(texts(cache)).toEqual([
    [1, 2, 5, 6],
    [1, 2, 3, 7],
    [1, 2, 5, 8],
    [1, 2, 4, 9],
  ]);
  cache.fork([0, 1, 2, 3]);
  cache.cut(3);
  expect(texts(cache)).toEqual([
    [1, 2, 5],
    [1, 2, 3],
    [1, 2, 5],
    [1, 2, 4],
  ]);
  cache.fork([3]);
  append(cache, [10]);
  expect(texts(cache)).toEqual([[1, 2, 4, 10]]);
  cache.clear();
  expect(cache.past.shape).toEqual([BLOCKS, 1, HEADS, 0, SIZE]);
});
