import { beforeEach, describe, expect, test } from 'vitest';
import { lookForRelease } from '../../src/update/look.ts';
import { type UpdateStand, updateStand } from '../support/update-stand.ts';

let stand: UpdateStand;

beforeEach(async () => {
  stand = await updateStand();
});

describe('stable', () => {
  test('offers what is newer', async () => {
    await stand.publish('1.1.0');
    expect(await lookForRelease(stand.options())).toMatchObject({ version: '1.1.0', newer: true });
    expect(stand.server.requests.map(({ path }) => path).sort()).toEqual([
      '/latest/manifest.json',
      '/latest/manifest.json.sig',
    ]);
  });

  test('has nothing new', async () => {
    await stand.publish('1.0.0');
    expect(await lookForRelease(stand.options())).toMatchObject({ version: '1.0.0', newer: false });
  });

  test('does not pass a beta off', async () => {
    await stand.publish('1.1.0-beta.1', 'good', { channel: 'beta' });
    const base = `${stand.server.url}/nowhere`;
    stand.server.fault('/nowhere/latest/manifest.json', { kind: 'redirect', to: '/beta/manifest.json' });
    stand.server.fault('/nowhere/latest/manifest.json.sig', {
      kind: 'redirect',
      to: '/beta/manifest.json.sig',
    });
    await expect(lookForRelease(stand.options({ base }))).rejects.toMatchObject({
      code: 'update-refused',
      message: expect.stringContaining('beta'),
    });
  });

  test('may be behind whoever runs a beta, and is not behind what it has offered', async () => {
    const options = stand.options({ version: '2.0.0-beta.1' });
    await stand.publish('1.9.0');
    expect(await lookForRelease(options)).toMatchObject({ version: '1.9.0', newer: false });
    await stand.publish('1.8.0');
    await expect(lookForRelease(options)).rejects.toMatchObject({ code: 'update-refused' });
    await stand.publish('2.0.0');
    expect(await lookForRelease(options)).toMatchObject({ version: '2.0.0', newer: true });
  });
});

describe('beta', () => {
  test('offers betas, and the stable release after them', async () => {
    const options = stand.options({ channel: 'beta' });
    await stand.publish('1.1.0-beta.1', 'good', { channel: 'beta' });
    expect(await lookForRelease(options)).toMatchObject({ version: '1.1.0-beta.1', newer: true });
    await stand.publish('1.1.0');
    expect(await lookForRelease(options)).toMatchObject({ version: '1.1.0', newer: true });
    expect(stand.memory.read().seen).toEqual({ beta: '1.1.0' });
  });

  test('who returns to stable is not told that it is old', async () => {
    await stand.publish('1.1.0');
    await stand.publish('1.2.0-beta.1', 'good', { channel: 'beta' });
    await lookForRelease(stand.options({ channel: 'beta' }));
    const back = stand.options({ version: '1.2.0-beta.1' });
    expect(await lookForRelease(back)).toMatchObject({ version: '1.1.0', newer: false });
  });
});

describe('no answer', () => {
  test.each([
    ['is not there', { kind: 'status', status: 404 }],
    ['breaks off', { kind: 'cut', at: 10 }],
  ] as const)('when the manifest %s', async (_what, fault) => {
    await stand.publish('1.1.0');
    stand.server.fault('manifest.json', fault);
    await expect(lookForRelease(stand.options())).rejects.toMatchObject({ code: 'update-unreachable' });
  });

  test('when the manifest is endless', async () => {
    await stand.publish('1.1.0');
    stand.server.fault('latest/manifest.json', {
      kind: 'redirect',
      to: '/v1.1.0/codex-voice-1.1.0-linux-x64',
    });
    await expect(lookForRelease(stand.options())).rejects.toMatchObject({
      code: 'update-unreachable',
      message: expect.stringContaining('larger than'),
    });
  });

  test('when the signature is missing', async () => {
    await stand.publish('1.1.0');
    stand.server.fault('.sig', { kind: 'status', status: 404 });
    await expect(lookForRelease(stand.options())).rejects.toMatchObject({ code: 'update-unreachable' });
  });
});
