import { expect, it, onTestFinished } from 'vitest';
import { headless, makeHome, startDaemon } from '../support/desktop.ts';
import { startProcess } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { startXServer } from '../support/x-server.ts';

it('the daemon of an earlier sign-in makes room for the one of this sign-in', {
  timeout: 120_000,
}, async () => {
  const home = await makeHome();
  onTestFinished(() => home.remove());
  await using before = await startXServer({ env: headless() });
  await using now = await startXServer({ env: headless() });
  const daemon = await startDaemon(before.env, { home });
  onTestFinished(() => daemon.stop());
  await expect.poll(async () => (await daemon.status()).hotkey.state).toBe('grabbed');
  const conversation = (await daemon.ask('the first prompt')).id;

  const { command, args } = programCommand(['daemon', '--service']);
  const again = await startProcess(command, args, { env: daemon.env, cwd: home.project });
  expect(await again.exited).not.toBe(0);
  expect(again.stderr()).toContain('[daemon-running]');

  await before.kill();
  const env = { ...daemon.env, DISPLAY: now.display };
  const next = await startProcess(command, args, { env, cwd: home.project });
  onTestFinished(() => next.stop());
  await daemon.process.exited;
  await expect.poll(async () => (await daemon.status().catch(() => null))?.hotkey.state).toBe('grabbed');
  expect((await daemon.history()).map(({ id }) => id)).toEqual([conversation]);
  await now.xdotool('key', 'ctrl+alt+space');
  await expect.poll(async () => (await daemon.status()).stage).not.toBe('idle');
});
