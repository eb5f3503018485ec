import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pulseAddresses, readCookie } from '../../src/microphone/pulse/address.ts';
import { temporaryFolder } from '../support/process.ts';

const ID = 'aabbccdd';
const SYSTEM = { path: '/var/run/pulse/native' };

describe('the addresses of the sound server', () => {
  it.each([
    ['unix:/a/native', [{ path: '/a/native' }]],
    ['/a/native', [{ path: '/a/native' }]],
    [`{${ID}}unix:/a/native`, [{ path: '/a/native' }]],
    [`{other}unix:/a/native tcp:box`, [{ host: 'box', port: 4713 }]],
    ['tcp:box:4714  unix:/b', [{ host: 'box', port: 4714 }, { path: '/b' }]],
    ['tcp6:[fe80::1]:4715', [{ host: 'fe80::1', port: 4715 }]],
    ['tcp4:127.0.0.1', [{ host: '127.0.0.1', port: 4713 }]],
    ['box', [{ host: 'box', port: 4713 }]],
    ['box:99999', []],
  ])('PULSE_SERVER=%s', (server, expected) => {
    const env = { PULSE_SERVER: server, XDG_RUNTIME_DIR: '/run/user/1' };
    expect(pulseAddresses(env, { server: 'unix:/x', cookie: '' }, ID)).toEqual(expected);
  });

  it('are those of the X server where the environment names none', () => {
    expect(pulseAddresses({}, { server: `{${ID}}unix:/x tcp:box`, cookie: '' }, ID)).toEqual([
      { path: '/x' },
      { host: 'box', port: 4713 },
    ]);
  });

  it("are the user's socket, then the one of the system", () => {
    expect(pulseAddresses({ XDG_RUNTIME_DIR: '/run/user/1' }, null, ID)).toEqual([
      { path: '/run/user/1/pulse/native' },
      SYSTEM,
    ]);
    expect(
      pulseAddresses({ PULSE_RUNTIME_PATH: '/p', XDG_RUNTIME_DIR: '/r' }, { server: '', cookie: '' }, ID),
    ).toEqual([{ path: '/p/native' }, SYSTEM]);
    expect(pulseAddresses({}, null, ID)).toEqual([SYSTEM]);
  });
});

describe('the cookie', () => {
  it('is the file of PULSE_COOKIE, then the X property, then the one in the home folder, then zeros', async () => {
    await using folder = await temporaryFolder();
    const env = { HOME: folder.path };
    expect(await readCookie(env, null)).toEqual(Buffer.alloc(256));
    await writeFile(join(folder.path, '.pulse-cookie'), Buffer.alloc(256, 1));
    expect(await readCookie(env, null)).toEqual(Buffer.alloc(256, 1));
    await mkdir(join(folder.path, '.config', 'pulse'), { recursive: true });
    await writeFile(join(folder.path, '.config', 'pulse', 'cookie'), Buffer.alloc(256, 2));
    expect(await readCookie(env, null)).toEqual(Buffer.alloc(256, 2));
    const published = { server: '', cookie: Buffer.alloc(256, 3).toString('hex') };
    expect(await readCookie(env, published)).toEqual(Buffer.alloc(256, 3));
    await writeFile(join(folder.path, 'mine'), Buffer.alloc(256, 4));
    expect(await readCookie({ ...env, PULSE_COOKIE: 'mine' }, published)).toEqual(Buffer.alloc(256, 4));
    await writeFile(join(folder.path, 'short'), Buffer.alloc(5));
    expect(await readCookie({ ...env, PULSE_COOKIE: join(folder.path, 'short') }, null)).toEqual(
      Buffer.alloc(256),
    );
  });
});
