import { expect, test } from 'vitest';
import { homePath } from '../src/shorten.ts';

test.each([
  ['/home/me', '~'],
  ['/home/me/src/a', '~/src/a'],
  ['/home/melanie/src', '/home/melanie/src'],
  ['/tmp/home/me', '/tmp/home/me'],
])('%s is written %s at home', (path, written) => expect(homePath(path, '/home/me')).toBe(written));

test('nothing is shorter where the home folder is the root', () => expect(homePath('/a', '/')).toBe('/a'));
