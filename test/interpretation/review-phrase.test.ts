import { describe, expect, it, test } from 'vitest';
import { reviewPhrase } from '../../src/interpretation/review-phrase.ts';
import { context, said } from './said.ts';

/** On the screen before the key was pressed. */
const shown = context({ review: { id: 'u1', seenAt: 50 } });

test.each([
  ['Send it.', 'send'],
  [' send', 'send'],
  ['Yes, send it please!', 'send'],
  ['Okay. Send it now.', 'send'],
  ['Go ahead.', 'send'],
  ['Cancel.', 'cancel'],
  ['No, cancel that.', 'cancel'],
  ["Oh no, don't send it", 'cancel'],
  ['Never mind.', 'cancel'],
  ['Console', 'cancel'],
  ['Edit it.', 'edit'],
  ['Let me edit', 'edit'],
] as const)('%s', (words, phrase) => {
  expect(reviewPhrase.interpret(said(words), shown)).toEqual({ kind: 'review', phrase, utterance: 'u1' });
});

test.each([
  '',
  '...',
  'No.',
  'No, send it.',
  'Yes.',
  'Please.',
  'Console log the value.',
  'Cancel the running build and start it again.',
  'Send it to the server as JSON.',
  'Add a cancel button',
  'Never mind the warning, fix the test.',
  'Stop the server',
  'Edit the readme.',
])('%s is a prompt', (words) => {
  expect(reviewPhrase.interpret(said(words), shown)).toBeNull();
});

describe('a prompt that was not on the screen when the key was pressed', () => {
  it.each([null, 101])('is neither sent nor edited, but may be cancelled (seen at %s)', (seenAt) => {
    const unseen = context({ review: { id: 'u1', seenAt } });
    expect(reviewPhrase.interpret(said('Send it'), unseen)).toBeNull();
    expect(reviewPhrase.interpret(said('Edit it'), unseen)).toBeNull();
    expect(reviewPhrase.interpret(said('Cancel'), unseen)).toMatchObject({ phrase: 'cancel' });
  });
});

it('is a prompt where nothing is under review, without a key press, and from elsewhere than the hotkey', () => {
  expect(reviewPhrase.interpret(said('Cancel'), context())).toBeNull();
  expect(reviewPhrase.interpret(said('Cancel', { pressedAt: null }), shown)).toBeNull();
  expect(reviewPhrase.interpret(said('Cancel', { source: 'file' }), shown)).toBeNull();
});
