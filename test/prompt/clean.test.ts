import { describe, expect, test } from 'vitest';
import { promptOf } from '../../src/prompt/clean.ts';

const spoken = { speechMs: 3_000 };
const click = { speechMs: 160 };

describe('what was said is the prompt', () => {
  test.each([
    ['  Run the tests.  ', 'Run the tests.'],
    ['Run\n the\t tests', 'Run the tests'],
    ['[BLANK_AUDIO] Run the tests. (door slams)', 'Run the tests.'],
    ['Run (music) the tests [noise].', 'Run the tests.'],
    ['♪ la la la ♪', 'la la la'],
    ['call main(argv) and list[0]', 'call main(argv) and list[0]'],
    ['the test(s) of foo (bar baz', 'the test(s) of foo (bar baz'],
    ['Yes.', 'Yes.'],
    ['C’est la vie, 日本語 und Straße', 'C’est la vie, 日本語 und Straße'],
    ['/help me', '/help me'],
    ['👩\u200d💻 works', '👩\u200d💻 works'],
  ])('%j', (transcript, prompt) => {
    expect(promptOf(transcript, spoken)).toBe(prompt);
  });

  test('control, bidirectional, tag and broken characters never pass', () => {
    const transcript =
      'a\u001b[31mb\u0000c\u0007\u009bd \u202eevil\u2066\u200b\ufeff\u{e0041} \ud800 e\u007f\r\nf';
    expect(promptOf(transcript, spoken)).toBe('a [31mb c d evil e f');
  });
});

describe('what is no speech is no prompt', () => {
  test.each([
    '',
    '   ',
    '.',
    '...',
    '!!!!!!!!',
    '[BLANK_AUDIO]',
    '[ Silence ]',
    '(music)',
    '(keyboard clicking) [typing].',
    '♪♪♪',
    '\u0007',
  ])('%j, however long', (transcript) => {
    expect(promptOf(transcript, { speechMs: 60_000 })).toBeNull();
  });

  test.each([
    'you',
    'You',
    'Thank you.',
    ' Thank you. Thank you.',
    'Thanks for watching!',
    'Thank you for watching.',
    'Bye.',
    'Bye-bye.',
    '[noise] you',
  ])('%j on what the detector takes for a click', (transcript) => {
    expect(promptOf(transcript, click)).toBeNull();
  });

  test('a whole sentence out of a click', () => {
    expect(promptOf("I'm going to show you how to do it.", click)).toBeNull();
  });
});

describe('the detector decides whether such a phrase was said', () => {
  test.each([
    ['you', 250],
    ['Thank you.', 400],
    ['Thanks for watching!', 550],
  ])('%j counts from %d ms of speech on', (transcript, speechMs) => {
    expect(promptOf(transcript, { speechMs: speechMs - 1 })).toBeNull();
    expect(promptOf(transcript, { speechMs })).toBe(transcript);
  });

  test('a short answer counts at once', () => {
    expect(promptOf('Yes.', { speechMs: 64 })).toBe('Yes.');
    expect(promptOf('No, stop.', { speechMs: 128 })).toBe('No, stop.');
  });

  test('such a phrase within a sentence is part of it', () => {
    expect(promptOf('Thank you, now run the tests.', { speechMs: 400 })).toBe(
      'Thank you, now run the tests.',
    );
  });
});
