import { describe, expect, test } from 'vitest';
import { correctedWithin } from '../../../src/interpretation/corrections/within.ts';

/** The text after its changes, applied one after another. */
function replayed(text: string, changes: ReturnType<typeof correctedWithin>['changes']): string {
  return changes.reduce((now, { from, to, at }) => {
    expect(now.slice(at, at + from.length)).toBe(from);
    return now.slice(0, at) + to + now.slice(at + from.length);
  }, text);
}

describe('a repair replaces', () => {
  test.each([
    // From the word that both have.
    ['Rename the class, no, I mean the function.', 'Rename the function.'],
    ['Rename the class. No, I meant the function.', 'Rename the function.'],
    ['Put it in src, sorry, I mean in lib, and run the tests.', 'Put it in lib, and run the tests.'],
    // A word of the same kind.
    ['Put it in src, no, I mean under lib.', 'Put it under lib.'],
    // A request by a request.
    ['Run the tests and delete the cache, no wait, clear the cache.', 'Run the tests and clear the cache.'],
    ['Delete the parser, no, I mean rename it.', 'Rename it.'],
    // As many words, but never the request itself.
    ['Use Flask, or rather Fast API.', 'Use Fast API.'],
    ['Set it to 80, no, I mean 8080.', 'Set it to 8080.'],
    // What follows stays.
    ['Rename the class to Foo, no, I mean the function.', 'Rename the function to Foo.'],
    ['Wait 5 seconds, no, I mean 10.', 'Wait 10 seconds.'],
    ['Why is the server slow? Sorry, I mean the client.', 'Why is the client slow?'],
    ['Use two workers. Actually, make that three.', 'Use three workers.'],
    ['Open the config. Correction: the settings.', 'Open the settings.'],
    // As engines write it.
    ['Set it to 5 seconds, no wait 10 seconds.', 'Set it to 10 seconds.'],
    ['Open the config, correction the settings.', 'Open the settings.'],
    ['Explain the function Oops, I mean the method.', 'Explain the method.'],
    ['Log it to the console, nope, I mean to a file.', 'Log it to a file.'],
    ['Rename Foo, no, I mean Bar, no, I mean Baz.', 'Rename Baz.'],
  ])('%s', (said, prompt) => {
    const { text, changes } = correctedWithin(said);
    expect(text).toBe(prompt);
    expect(replayed(said, changes)).toBe(prompt);
    expect(changes.every(({ why }) => why === 'repair')).toBe(true);
  });
});

describe('what is taken back goes', () => {
  test.each([
    ['Rename the class. Scratch that. Run the tests.', 'Run the tests.'],
    ['Run the tests, and rename the class, scratch that.', 'Run the tests.'],
    ['Run the tests. Rename the class. Strike that, please.', 'Run the tests.'],
    ['Run the tests. Rename the class. Delete the last sentence.', 'Run the tests.'],
    ['Rename the class. Scratch the last sentence. Run the tests.', 'Run the tests.'],
    ['Fix it, it leaks memory, scratch the last sentence, it is slow.', 'Fix it, it is slow.'],
    ['Fix the parser. Nope, scratch that, fix the lexer.', 'Fix the lexer.'],
  ])('%s', (said, prompt) => {
    const { text, changes, takenBack } = correctedWithin(said);
    expect([text, takenBack]).toEqual([prompt, null]);
    expect(replayed(said, changes)).toBe(prompt);
  });

  test.each([
    ['Rename the class. Scratch that.', 'Rename the class.'],
    ['Rename the class, scratch that', 'Rename the class,'],
    ['Rename the class. Scratch that. Scratch that.', 'Rename the class.'],
    ['Add a test. Scratch that. Rename the class. Strike that.', 'Rename the class.'],
  ])('to nothing: %s', (said, last) => {
    expect(correctedWithin(said)).toMatchObject({ text: '', takenBack: last });
  });
});

describe('a line breaks', () => {
  test.each([
    ['Fix these. New line. Rename it. Newline. Run the tests.', 'Fix these.\nRename it.\nRun the tests.'],
    ['Rename it. New paragraph. Run the tests.', 'Rename it.\n\nRun the tests.'],
    ['Rename it, new line, run the tests.', 'Rename it\nrun the tests.'],
    ['Do this: new line, number one, rename it.', 'Do this:\nnumber one, rename it.'],
    ['Rename it. New line.', 'Rename it.'],
  ])('%s', (said, prompt) => {
    const { text, changes } = correctedWithin(said);
    expect(text).toBe(prompt);
    expect(replayed(said, changes)).toBe(prompt);
    expect(changes.every(({ why }) => why === 'layout')).toBe(true);
  });
});

describe('it does not change', () => {
  test.each([
    '',
    'Scratch that.',
    'No, I mean the function.',
    'New line.',
    'Run it, no, I mean',
    // What the cue replaces is not clear.
    'The tests pass on Linux, no wait, they fail on a Mac.',
    'I mean it literally: no wait states.',
    'Should we use a class, or rather a function?',
    // It is quoted.
    'Explain "rename the class, no, I mean the function".',
    'Write “scratch that. Run it.” into the docs.',
    'Split on tab, new line, and comma.',
    // It is about a document.
    'Open the README. Read it. Delete the last sentence.',
    'Open the README, scratch the last sentence, and save it.',
    'Rename the class. Scratch the last sentence.',
    'Set it to 5, no wait times.',
    'Remove the final new line. Run the tests.',
  ])('%s', (said) => {
    expect(correctedWithin(said)).toEqual({ text: said, changes: [], takenBack: null });
  });
});

test.each([
  'Rename the class, no, what, wait, the new line and scratch thatch. ',
  'no wait, ',
  'no no no ',
  'Scratch that, ',
  'new line, ',
  'Delete the last sentence. ',
  '.,;:!?',
])('takes no time to speak of: %j again and again', (part) => {
  const long = part.repeat(100_000 / part.length);
  const began = performance.now();
  correctedWithin(long);
  expect(performance.now() - began).toBeLessThan(5_000);
});
