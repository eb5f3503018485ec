import { expect, it } from 'vitest';
import { parseDisplay } from '../../src/x11/display.ts';

it.each([
  [':0', { host: null, number: 0, path: null }],
  [':77.1', { host: null, number: 77, path: null }],
  ['unix:0', { host: null, number: 0, path: null }],
  ['unix/:5', { host: null, number: 5, path: null }],
  ['local/:5', { host: null, number: 5, path: null }],
  ['host/unix:77', { host: null, number: 77, path: null }],
  ['unix/host:77', { host: null, number: 77, path: null }],
  ['localhost:10.0', { host: 'localhost', number: 10, path: null }],
  ['tcp/far.example:3', { host: 'far.example', number: 3, path: null }],
  ['[::1]:77', { host: '::1', number: 77, path: null }],
  ['inet6/[fe80::1]:1', { host: 'fe80::1', number: 1, path: null }],
  ['::1:77', { host: '::1', number: 77, path: null }],
  ['/tmp/launch-x/org.xquartz:0', { host: null, number: 0, path: '/tmp/launch-x/org.xquartz:0' }],
  ['', null],
  ['host', null],
  [':', null],
  [':65536', null],
  ['a:b:0', null],
  ['[nonsense]:0', null],
])('DISPLAY %s', (display, place) => {
  expect(parseDisplay(display)).toEqual(place);
});
