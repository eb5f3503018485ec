import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { cookieFor, parseAuthority } from '../../src/x11/authority.ts';
import { temporaryFolder } from '../support/process.ts';

const logger = pino({ level: 'silent' });
const COOKIE = 'MIT-MAGIC-COOKIE-1';

function entry(family: number, address: string | number[], display: string, name: string, data: string) {
  const fields = [Buffer.from(address), Buffer.from(display), Buffer.from(name), Buffer.from(data)];
  const counted = fields.flatMap((field) => [Buffer.from([0, field.length]), field]);
  return Buffer.concat([Buffer.from([family >> 8, family & 0xff]), ...counted]);
}

describe('cookieFor', () => {
  const file = Buffer.concat([
    entry(256, 'elsewhere', '0', COOKIE, 'wrong host'),
    entry(256, hostname(), '1', COOKIE, 'wrong display'),
    entry(256, hostname(), '0', 'XDM-AUTHORIZATION-1', 'wrong method'),
    entry(256, hostname(), '0', COOKIE, 'mine'),
    entry(0, [10, 0, 0, 7], '0', COOKIE, 'remote'),
    entry(6, [...new Array<number>(15).fill(0), 9], '0', COOKIE, 'remote 6'),
    entry(65535, '', '5', COOKIE, 'wildcard'),
    entry(65535, '', '', COOKIE, 'anything'),
  ]);

  it.each([
    [0, null, 'mine'],
    [0, '10.0.0.7', 'remote'],
    [0, '::ffff:10.0.0.7', 'remote'],
    [0, '::9', 'remote 6'],
    [0, '127.0.0.1', 'mine'],
    [0, '::1', 'mine'],
    [5, null, 'wildcard'],
    [7, '10.0.0.8', 'anything'],
  ])('finds the one for display %s on %s', async (display, address, data) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'authority');
    await writeFile(path, file);
    expect(await cookieFor(display, address, { XAUTHORITY: path }, logger)).toEqual({ name: COOKIE, data });
    await writeFile(join(folder.path, '.Xauthority'), file);
    expect(await cookieFor(display, address, { HOME: folder.path }, logger)).toEqual({ name: COOKIE, data });
  });

  it('is none where the file is missing or cannot be read', async () => {
    await using folder = await temporaryFolder();
    const none = { name: '', data: '' };
    expect(await cookieFor(0, null, { XAUTHORITY: folder.path }, logger)).toEqual(none);
    expect(await cookieFor(0, null, { HOME: folder.path }, logger)).toEqual(none);
  });

  it('keeps the complete entries of a file that is cut off anywhere', () => {
    const whole = parseAuthority(file).length;
    for (let length = 0; length < file.length; length += 1) {
      expect(parseAuthority(file.subarray(0, length)).length).toBeLessThan(whole);
    }
  });
});
