import { expect, test } from 'vitest';
import { reviewPhrase } from '../../src/interpretation/review-phrase.ts';

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
])('%s', (said, meant) => {
  expect(reviewPhrase(said)).toBe(meant);
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
])('%s is a prompt', (said) => {
  expect(reviewPhrase(said)).toBeNull();
});
