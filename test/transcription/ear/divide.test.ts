import { expect, test } from 'vitest';
import { divide, halve } from '../../../src/transcription/ear/divide.ts';
import { concatenate, silence, whiteNoise } from '../../support/noise.ts';

const SECOND = 16_000;
const LONGEST = 30 * SECOND;

test('a sound that is short enough stays whole', () => {
  const audio = whiteNoise(30);
  expect(divide(audio, LONGEST)).toEqual([audio]);
  expect(divide(new Float32Array(0), LONGEST)).toEqual([new Float32Array(0)]);
});

test('a longer one is divided in its pauses, and nothing is lost', () => {
  const audio = concatenate(whiteNoise(20), silence(1), whiteNoise(18), silence(1), whiteNoise(15));
  const pieces = divide(audio, LONGEST);
  expect(concatenate(...pieces)).toEqual(audio);
  let at = 0;
  const borders = pieces.slice(0, -1).map(({ length }) => (at += length));
  expect(borders).toHaveLength(2);
  expect(borders[0]).toBeGreaterThan(20 * SECOND);
  expect(borders[0]).toBeLessThan(21 * SECOND);
  expect(borders[1]).toBeGreaterThan(39 * SECOND);
  expect(borders[1]).toBeLessThan(40 * SECOND);
});

test.each([31, 45, 60, 61, 95])('%i s without a pause: no piece is too long or a splinter', (seconds) => {
  const pieces = divide(whiteNoise(seconds), LONGEST);
  expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(seconds * SECOND);
  for (const { length } of pieces) {
    expect(length).toBeLessThanOrEqual(LONGEST);
    expect(length).toBeGreaterThanOrEqual(SECOND);
  }
});

test('a sound is halved in its pause, and nothing is lost', () => {
  const audio = concatenate(whiteNoise(2), silence(0.5), whiteNoise(6));
  const [first, second] = halve(audio, SECOND);
  expect(concatenate(first, second)).toEqual(audio);
  expect(first.length).toBeGreaterThan(2 * SECOND);
  expect(first.length).toBeLessThan(2.5 * SECOND);
});
