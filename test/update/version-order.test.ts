import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, isPrerelease } from '../../src/update/version-order.ts';

/** From the oldest to the newest: the example of semver.org, 2.0.0, and what trips up those who compare texts. */
const ORDERED = [
  ...['0.9.0', '0.10.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2'],
  ...['1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '9.0.0', '10.0.0'],
  '999999999999999.0.0',
];

test('versions are ordered as semantic versioning says', () => {
  for (const [index, version] of ORDERED.entries()) {
    for (const [other, than] of ORDERED.entries()) {
      expect([version, than, Math.sign(compareVersions(version, than))]).toEqual([
        version,
        than,
        Math.sign(index - other),
      ]);
    }
  }
});

test('what was built is no matter', () => {
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});

test('a pre-release is one', () => {
  expect(['1.0.0', '1.0.0-beta.1', '1.0.0+x-y'].map(isPrerelease)).toEqual([false, true, false]);
});

test.each([
  '',
  '1',
  '1.0',
  'v1.0.0',
  '1.0.0.0',
  '01.0.0',
  '1.0.0-',
  '1.0.0-01',
  '1.0.0 ',
  '1.0.0\n',
  '99999999999999999999.0.0',
  '-1.0.0',
])('"%s" is no version', (text) => {
  expect(() => compareVersions(text, '1.0.0')).toThrow(RangeError);
});

test('the order is one whatever the versions', () => {
  const number = fc.nat({ max: 30 });
  const version = fc
    .tuple(number, number, number, fc.option(fc.constantFrom('a', 'b.1', 'b.2', 'b.10', '7', 'x-y')))
    .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre === null ? '' : `-${pre}`}`);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c) <= 0).toBe(true);
    }),
  );
});
