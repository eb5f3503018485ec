import { expect, test } from 'vitest';
import { closesSocket } from '../../src/codex/binary.ts';

test.each([
  ['0.169.0', 'linux', true],
  ['0.171.0', 'linux', true],
  ['1.0.0-alpha.2', 'linux', true],
  ['0.168.1', 'linux', false],
  ['0.171.0', 'darwin', false],
  ['0.171.0', 'win32', false],
] as const)('the server of Codex %s on %s listens on a socket: %s', (version, platform, expected) => {
  expect(closesSocket(version, platform)).toBe(expected);
});
