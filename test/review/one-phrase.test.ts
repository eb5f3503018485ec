import { expect, test } from 'vitest';
import { onePhraseChanged } from '../../src/review/one-phrase.ts';

test.each([
  ['Deploy it with cube.', 'Deploy it with kube.', { from: 'cube', to: 'kube' }],
  [
    'Set up cube control on the server',
    'Set up kubectl on the server',
    { from: 'cube control', to: 'kubectl' },
  ],
  ['cube', 'kube', { from: 'cube', to: 'kube' }],
  ['Run it', 'Run it', null],
  ['Run it', 'Run it twice', null],
  ['Run it twice', 'Run it', null],
  ['Run the tests', 'Delete the branch', null],
  ['Run it.', 'Run it!', null],
  ['a b c d e f g', 'a 1 2 3 4 5 g', null],
])('%j -> %j', (before, after, change) => {
  expect(onePhraseChanged(before, after)).toEqual(change);
});
