import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installInChild, lookInChild, outsideOfTheService } from '../../src/update/update-child.ts';
import { fakePrograms } from '../support/fake-programs.ts';
import { updateStand } from '../support/update-stand.ts';

const never = new AbortController().signal;

test('the look is made by another process, and its last words are why it failed', async () => {
  const stand = await updateStand();
  await stand.publish('99.0.0');
  const env = { ...stand.env, CODEX_VOICE_BASE_URL: stand.server.url };
  // The program's own key takes nothing that a test has signed; nothing in the environment can change that.
  const key = {
    CODEX_VOICE_PUBLIC_KEY: stand.keys.publicKey,
    CODEX_VOICE_SIGNING_KEY: stand.keys.privateKey,
  };
  await expect(lookInChild({ ...env, ...key }, never)).rejects.toThrow('[update-refused]');
  expect(stand.server.requests).not.toHaveLength(0);
});

test('so is the update, which outlives its parent', async () => {
  const stand = await updateStand();
  await expect(installInChild(stand.env, never)).rejects.toThrow('runs from a checkout');
});

test('a service lets it run in a scope of its own', async () => {
  const programs = await fakePrograms({ 'systemd-run': 'exit 0' });
  onTestFinished(() => programs[Symbol.asyncDispose]());
  const own = { command: '/bin/codex-voice', args: ['update', '--background'] };
  expect(await outsideOfTheService(own, programs.env)).toEqual(own);
  expect(await outsideOfTheService(own, { ...programs.env, INVOCATION_ID: 'a' })).toEqual({
    command: join(programs.folder, 'systemd-run'),
    args: ['--user', '--scope', '--quiet', '--collect', '/bin/codex-voice', 'update', '--background'],
  });
  expect(await outsideOfTheService(own, { PATH: '/nowhere', INVOCATION_ID: 'a' })).toEqual(own);
});
