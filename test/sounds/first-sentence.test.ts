import { describe, expect, it } from 'vitest';
import { firstSentence } from '../../src/sounds/first-sentence.ts';

describe('what is read aloud of an answer', () => {
  it.each([
    ['The tests pass. Two files changed.', 'The tests pass. Two files changed.'],
    ['All 48 tests pass now. Two files changed.', 'All 48 tests pass now.'],
    ['Done. All 48 tests pass. And more.', 'Done. All 48 tests pass.'],
    [
      'I added **two** figures in `src/totals.ts`, _as_ you said.\n\n- more',
      'I added two figures in totals ts, as you said.',
    ],
    ['# Result\n\nThe server runs again.\n', 'The server runs again.'],
    ['```ts\nconst a = 1;\n```\nThat is the whole change.', 'That is the whole change.'],
    ['```ts\nconst a = 1;', ''],
    ['    indented();\n\nThe code above is it.', 'The code above is it.'],
    ['- first thing that was done\n- second thing', 'first thing that was done'],
    ['1. Open the file.\n2. Save it.', 'Open the file.'],
    ['**Summary:** it works, but slowly. It needs an index.', 'it works, but slowly. It needs an index.'],
    ['TL;DR: no. Use the other one.\n\nLong text.', 'no. Use the other one.'],
    ['Use `x => x + 1` for that instead of it.', 'Use some code for that instead of it.'],
    ['See [the manual](https://example.org/a) and https://example.org.', 'See the manual and a link'],
    [
      '| a | b |\n|---|---|\n\n50% of it is done & tested (twice).',
      '50 percent of it is done and tested, twice.',
    ],
    [
      'The variable max_line_count is 3 in version 1.2.3 of it.',
      'The variable max line count is 3 in version 1.2.3 of it.',
    ],
    ['', ''],
    ['## Only a heading', 'Only a heading'],
  ])('%j', (answer, said) => {
    expect(firstSentence(answer)).toBe(said);
  });

  it('ends at a word after 200 characters', () => {
    const said = firstSentence('word '.repeat(100));
    expect(said.length).toBeLessThanOrEqual(200);
    expect(said).toMatch(/word…$/);
  });

  it('has nothing in it that is a command to a voice, or to a terminal', () => {
    const said = firstSentence('Look [[volm 1]] !-! <break time="9s"/> $(rm -rf /) \u001b[31mhere; | tee.');
    expect(said).not.toMatch(/[^\p{L}\p{N}\s.,?':…]/u);
  });

  it('takes no time, whatever it is given', () => {
    const began = performance.now();
    for (const text of ['`', '*', '[', '<', '- ', '```\n', '_a', '    ', '|', '('])
      firstSentence(text.repeat(50_000));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
