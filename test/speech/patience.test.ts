import { describe, expect, test } from 'vitest';
import { endingOf, patienceOf, tierOf } from '../../src/speech/patience.ts';

describe('the end of a text', () => {
  test.each([
    'Fix the failing test.',
    'What does this project do?',
    'Stop!',
    'Run "npm test."',
    'What is this?',
    'Which branch are we on?',
    'Where does that come from?',
    'Sunday is the best part of the week.',
  ])('%s: complete', (text) => expect(endingOf(text)).toBe('complete'));

  test.each([
    '',
    'Rename the',
    'Rename the function to.',
    'I would like you to',
    'First, ',
    'and then...',
    'and then…',
    'the one that -',
    'Show me the files and',
    'We are sure that.',
    'Open the',
    'Is it because?',
    'Um',
  ])('%s: open', (text) => expect(endingOf(text)).toBe('open'));

  test.each(['Sunday is the best part', 'Drop the two when you add', 'npm test'])('%s: unclear', (text) =>
    expect(endingOf(text)).toBe('unclear'),
  );
});

describe('three tiers', () => {
  const tier = (turn: number | null | undefined, text: string | null | undefined, endMark?: number) =>
    tierOf({ turn, text: typeof text === 'string' ? { text, endMark } : text });

  test('both say that it is finished', () => {
    expect(tier(0.95, 'Fix it now.')).toBe('finished');
    expect(tier(0.5, 'Fix it now.', 0.3)).toBe('finished');
  });

  test('they disagree, or one is not sure', () => {
    expect(tier(0.3, 'Fix it now.')).toBe('unsure');
    expect(tier(0.98, 'Fix it now')).toBe('unsure');
  });

  test('a sentence that ends with a full stop does not wait longest, unless the mark itself is doubtful', () => {
    expect(tier(0.05, 'Fix it now.')).toBe('unsure');
    expect(tier(0.05, 'Fix it now.', 0.66)).toBe('unsure');
    expect(tier(0.05, 'Fix it now.', 0.9)).toBe('likely');
    expect(tier(0.05, 'Fix it now.', 0.4)).toBe('unfinished');
    expect(tier(0.2, 'Fix it now.', 0.4)).toBe('unsure');
  });

  test('it is not finished', () => {
    expect(tier(0.8, 'Fix it now')).toBe('unfinished');
    expect(tier(0.99, 'Fix the')).toBe('unfinished');
    expect(tier(0.99, 'Add tests, docs,')).toBe('unfinished');
    expect(tier(0.99, 'Add tests and')).toBe('unfinished');
  });

  test('a witness that has not spoken yet: nobody is sure, unless the other is', () => {
    expect(tier(undefined, 'Fix it now.')).toBe('unsure');
    expect(tier(0.99, undefined)).toBe('unsure');
    expect(tier(0.01, undefined)).toBe('unfinished');
    expect(tier(undefined, undefined)).toBe('unsure');
  });

  test('without a text the turn detector must be sure; without a turn detector it is the fixed rule', () => {
    expect(tier(0.9, null)).toBe('unsure');
    expect(tier(0.97, null)).toBe('finished');
    expect(tier(0.01, null)).toBe('unfinished');
    expect(tier(null, 'Fix it now.')).toBe('unsure');
    expect(tier(null, 'Fix the')).toBe('unsure');
    expect(tier(null, null)).toBe('unsure');
  });

  test('what is set counts where nobody is sure, and bounds the others', () => {
    expect([patienceOf('finished', 800), patienceOf('unsure', 800), patienceOf('unfinished', 800)]).toEqual([
      224, 800, 2_000,
    ]);
    expect([patienceOf('likely', 800), patienceOf('likely', 300)]).toEqual([352, 300]);
    expect([patienceOf('finished', 200), patienceOf('unfinished', 3_000)]).toEqual([200, 3_000]);
  });
});
