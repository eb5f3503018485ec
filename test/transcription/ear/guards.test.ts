import { expect, test } from 'vitest';
import { type Judged, repeats, stopsEarly, suspicionOf } from '../../../src/transcription/ear/guards.ts';
import { concatenate, silence, whiteNoise } from '../../support/noise.ts';

const repeated = (stretch: number[], times: number): number[] =>
  Array.from({ length: times }, () => stretch).flat();
const counted = (length: number): number[] => Array.from({ length }, (_, index) => 1_000 + index);

function text(tokens: number[], probability = 0.9, end: number | null = -0.1): Judged {
  return { tokens, logProbs: tokens.map(() => Math.log(probability)), end };
}

test.each([
  ['a word, over and over', repeated([7], 8)],
  ['two tokens in turn', repeated([7, 8], 5)],
  ['three tokens', repeated([7, 8, 9], 4)],
  ['half a sentence, three times', repeated(counted(6), 3)],
  ['a sentence, twice', repeated(counted(13), 2)],
  ['a loop after other words', [...counted(9), ...repeated([1, 2, 3, 4, 5, 6], 3)]],
  ['a loop that breaks off', [...repeated([7, 8, 9], 4), 1, 2]],
])('%s is a loop', (_name, tokens) => {
  expect(repeats(tokens)).toBe(true);
  expect(suspicionOf(text(tokens))).toBe('repeats itself');
});

test.each([
  ['no tokens', []],
  ['words that do not repeat', counted(80)],
  ['no, no, no, no', repeated([7, 8], 4)],
  ['very very very', repeated([7], 5)],
  ['a short command said twice', [...counted(5), ...counted(5)]],
])('%s: no loop', (_name, tokens) => {
  expect(repeats(tokens)).toBe(false);
  expect(suspicionOf(text(tokens))).toBeNull();
});

test('a text that the limit ended is too long', () => {
  expect(suspicionOf(text(counted(20), 0.9, null))).toBe('too long');
});

test('tokens that are hardly likely are a guess', () => {
  expect(suspicionOf(text(counted(10), 0.1))).toBe('a guess');
  expect(suspicionOf(text(counted(10), 0.5))).toBeNull();
  expect(suspicionOf(text(counted(2), 0.1))).toBeNull();
});

test.each([
  ['6 s of sound', whiteNoise(6), 11, true],
  ['6 s of sound', whiteNoise(6), 13, false],
  ['half of it a pause', concatenate(whiteNoise(3), silence(3)), 7, false],
  ['half of it a pause', concatenate(whiteNoise(3), silence(3)), 5, true],
  ['a short sound', whiteNoise(2), 4, false],
  ['a word or two, as in noise', whiteNoise(20), 3, false],
  ['nothing', new Float32Array(0), 4, false],
])('%s, %#: a text stops early', (_name, audio, tokens, early) => {
  expect(stopsEarly(audio, tokens)).toBe(early);
});
