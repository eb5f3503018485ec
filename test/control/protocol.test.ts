import { expect, test } from 'vitest';
import { commonVersion } from '../../src/control/protocol.ts';

test.each([
  ['the same ones', [1, 1], [1, 1], 1],
  ['a newer client that keeps the old version', [1, 3], [1, 1], 1],
  ['a newer daemon that keeps the old version', [2, 2], [1, 4], 2],
  ['ranges that overlap', [1, 3], [2, 5], 3],
  ['a client that is too old', [1, 1], [2, 5], null],
  ['a client that is too new', [6, 7], [2, 5], null],
  ['a range that is none', [3, 2], [1, 5], null],
])('the version in use: %s', (_, [oldest = 0, newest = 0], [ours = 0, newestOurs = 0], version) => {
  expect(commonVersion({ oldest, newest }, { oldest: ours, newest: newestOurs })).toBe(version);
});
