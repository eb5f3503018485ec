import { expect, test } from 'vitest';
import { joinTranscripts } from '../../src/transcription/join.ts';

const word = (text: string, confidence: number) => ({ text, confidence });

test('the pieces of a speech have one text, its words with their confidences, and the mark of the last piece', () => {
  const first = {
    text: 'Open the file',
    ms: 10,
    confidence: 0.9,
    words: [word('Open', 1), word('the', 0.8)],
  };
  const last = { text: 'And run it.', ms: 5, confidence: 0.5, endMark: 0.7, words: [word('And', 0.6)] };
  const whole = {
    ...first,
    words: [...first.words, word('file', 0.9)],
  };
  const more = { ...last, words: [...last.words, word('run', 0.4), word('it.', 0.5)] };
  const joined = joinTranscripts([whole, more]);
  expect(joined).toMatchObject({ text: 'Open the file and run it.', ms: 15, endMark: 0.7 });
  expect(joined.confidence).toBeCloseTo(0.7);
  expect(joined.words?.map(({ text, confidence }) => `${text} ${confidence}`)).toEqual([
    'Open 1',
    'the 0.8',
    'file 0.9',
    'and 0.6',
    'run 0.4',
    'it. 0.5',
  ]);
});

test('a piece whose engine reports no words leaves confidences out, and the mark stays', () => {
  const told = { text: 'Open it.', ms: 1, confidence: 1, words: [word('Open', 1), word('it.', 1)] };
  expect(joinTranscripts([told, { text: 'Run it.', ms: 1, endMark: 0.6 }])).toEqual({
    text: 'Open it. Run it.',
    ms: 2,
    endMark: 0.6,
  });
  expect(joinTranscripts([told])).toBe(told);
});
