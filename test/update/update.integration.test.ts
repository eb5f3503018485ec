import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { update } from '../../src/update/update.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { runAsRoot } from '../support/installer.ts';
import { isAlive, startProcess, waitFor } from '../support/process.ts';
import { keyPair, TARGET, type UpdateStand, updateStand } from '../support/update-stand.ts';

/** After an update that did not happen: the old program, nothing beside it, nothing under way. */
async function expectUntouched(stand: UpdateStand): Promise<void> {
  expect(stand.files()).toEqual(['codex-voice']);
  expect(await stand.version()).toBe('1.0.0');
  expect(stand.journal.read()).toBeNull();
}

describe('an update', () => {
  test('puts the new file in its place and keeps the old one', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    const steps: string[] = [];
    const result = await update(stand.options({ onStep: (step) => steps.push(step) }));
    expect(result).toEqual({ state: 'updated', from: '1.0.0', to: '1.1.0', restarted: false });
    expect(await stand.version()).toBe('1.1.0');
    expect(stand.files()).toEqual(['codex-voice', 'codex-voice.old']);
    expect(steps).toEqual([
      ...['found', 'downloaded', 'unpacking', 'unpacked', 'tried', 'idle'],
      ...['switching', 'kept', 'renamed', 'switched'],
    ]);
    expect(await update(stand.options({ version: '1.1.0' }))).toMatchObject({ state: 'current' });
  });

  test('restarts a daemon as the same process, in its folder', async () => {
    const stand = await updateStand();
    const daemon = await stand.startDaemon();
    await stand.publish('1.1.0');
    expect(await update(stand.options())).toMatchObject({ restarted: true });
    expect(await stand.link.look()).toMatchObject({ version: '1.1.0', pid: daemon.pid, ready: true });
    expect(stand.journal.read()).toBeNull();
    expect(stand.memory.read().outcome).toMatchObject({ version: '1.1.0', result: 'installed' });
  });

  test('waits until a daemon is idle', async () => {
    const stand = await updateStand();
    await stand.startDaemon();
    await stand.publish('1.1.0');
    writeFileSync(join(stand.bin, 'busy'), '');
    const waiting = Promise.withResolvers<void>();
    const updating = update(
      stand.options({ onStep: (step) => (step === 'waiting' ? waiting.resolve() : undefined) }),
    );
    await waiting.promise;
    expect(await stand.version()).toBe('1.0.0');
    rmSync(join(stand.bin, 'busy'));
    expect(await updating).toMatchObject({ restarted: true });
  });

  test('that nobody watches does not wait for ever', async () => {
    const stand = await updateStand();
    await stand.startDaemon();
    await stand.publish('1.1.0');
    writeFileSync(join(stand.bin, 'busy'), '');
    await expect(update(stand.options({ idleMs: 0 }))).rejects.toMatchObject({ code: 'update-running' });
    rmSync(join(stand.bin, 'busy'));
    await expectUntouched(stand);
  });

  test('can be interrupted while it waits, and leaves nothing', async () => {
    const stand = await updateStand();
    await stand.startDaemon();
    await stand.publish('1.1.0');
    writeFileSync(join(stand.bin, 'busy'), '');
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const onStep = (step: string) => (step === 'waiting' ? stop.abort(reason) : undefined);
    await expect(update(stand.options({ onStep, signal: stop.signal }))).rejects.toBe(reason);
    rmSync(join(stand.bin, 'busy'));
    await expectUntouched(stand);
  });

  test('goes on with a download that was cut off', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    stand.server.fault('.zst', { kind: 'cut', at: 100_000 });
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-unreachable' });
    await expectUntouched(stand);
    stand.server.heal();
    await update(stand.options());
    expect(stand.server.requests.at(-1)?.range).toMatch(/^bytes=\d+-$/);
    expect(await stand.version()).toBe('1.1.0');
  });

  test('does not happen twice at once', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    stand.server.fault('.zst', { kind: 'slow', bytesPerSecond: 400_000 });
    const results = await Promise.allSettled([update(stand.options()), update(stand.options())]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [late] = results.filter((result) => result.status === 'rejected');
    expect(late?.reason).toMatchObject({ code: 'update-running' });
    expect(await stand.version()).toBe('1.1.0');
  });
});

describe('nothing is changed', () => {
  test('by a manifest that was tampered with', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    stand.server.fault('manifest.json', { kind: 'wrong', at: 20 });
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-refused' });
    await expectUntouched(stand);
  });

  test('by a manifest that somebody else has signed', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    const { publicKey } = keyPair();
    await expect(update(stand.options({ publicKey }))).rejects.toMatchObject({ code: 'update-refused' });
    await expectUntouched(stand);
  });

  test('by a file that is shorter than it should be', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    truncateSync(join(stand.releases, 'v1.1.0', `codex-voice-1.1.0-${TARGET}.zst`), 50_000);
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-unreachable' });
    await expectUntouched(stand);
  });

  test('by a file that is another one', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    stand.server.fault('.zst', { kind: 'wrong', at: 123_456 });
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-damaged' });
    await expectUntouched(stand);
  });

  test('by an older release', async () => {
    const stand = await updateStand();
    await stand.publish('0.9.0');
    await expect(update(stand.options())).rejects.toMatchObject({
      code: 'update-refused',
      message: expect.stringContaining('0.9.0'),
    });
    await expectUntouched(stand);
  });

  test('by a release that was newest once, and is played again', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0', 'unfit');
    await stand.publish('1.2.0', 'unfit');
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-unfit' });
    await stand.publish('1.1.0', 'unfit');
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-refused' });
    await expectUntouched(stand);
  });

  test.each(['unfit', 'liar'] as const)('by a new version that is %s', async (manner) => {
    const stand = await updateStand();
    const daemon = await stand.startDaemon();
    await stand.publish('1.1.0', manner);
    await expect(update(stand.options())).rejects.toMatchObject({
      code: 'update-unfit',
      message: expect.stringContaining(manner === 'unfit' ? 'whisper: It does not load.' : '6.6.6'),
    });
    await expectUntouched(stand);
    expect(await stand.link.look()).toMatchObject({ version: '1.0.0', pid: daemon.pid });
  });

  test('by a release for which this version is too old, or that has no file for this machine', async () => {
    const stand = await updateStand();
    await stand.publish('3.0.0', 'good', { minimum: '2.0.0' });
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-unfit' });
    await stand.publish('3.0.1');
    await expect(update(stand.options({ key: 'linux-riscv64' }))).rejects.toMatchObject({
      code: 'update-unfit',
    });
    await expectUntouched(stand);
  });

  test('where the program may not be replaced', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    await runAsRoot('mount', '--bind', stand.bin, stand.bin);
    onTestFinished(() => runAsRoot('umount', stand.bin));
    await runAsRoot('mount', '-o', 'remount,bind,ro', stand.bin);
    await expect(update(stand.options())).rejects.toMatchObject({ code: 'update-unwritable' });
    await expectUntouched(stand);
  });

  test.each(['prefix/bin', 'state'])('where the disk of %s is full', async (name) => {
    const stand = await updateStand();
    await stand.publish('1.1.0');
    const folder = join(stand.folder, name);
    const before = readFileSync(stand.program);
    await runAsRoot('mkdir', '-p', folder);
    await runAsRoot(
      'mount',
      '-t',
      'tmpfs',
      '-o',
      `size=1m,uid=${process.getuid?.()},mode=700`,
      'tmpfs',
      folder,
    );
    let mounted = true;
    const unmount = async () => {
      if (mounted) await runAsRoot('umount', folder);
      mounted = false;
    };
    onTestFinished(unmount);
    if (name === 'prefix/bin') writeFileSync(stand.program, before, { mode: 0o755 });
    await expect(update(stand.options())).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining(folder),
    });
    await expectUntouched(stand);
  });
});

describe('a new version whose daemon does not start', () => {
  const manners = ['stubborn', 'crashes', 'hangs'] as const;
  test.each(EVERY_CASE ? manners : manners.slice(0, 2))('(%s) is taken back', async (manner) => {
    const stand = await updateStand();
    const daemon = await stand.startDaemon();
    await stand.publish('1.1.0', manner);
    await expect(update(stand.options({ readyMs: 3_000 }))).rejects.toMatchObject({
      code: 'update-undone',
      message: expect.stringContaining('1.0.0 is running again'),
    });
    await expectUntouched(stand);
    await waitFor('the new daemon to end', async () => !(await isAlive(daemon.pid)));
    const back = await waitFor('the old daemon', () => stand.link.look());
    expect(back).toMatchObject({ version: '1.0.0', ready: true });
    expect(stand.memory.read().outcome).toMatchObject({ version: '1.1.0', result: 'undone', told: true });
    const restarted = await stand.link.look();
    expect(readFileSync(`/proc/${restarted?.pid}/environ`, 'utf8')).toContain(`HOME=${stand.env.HOME}\0`);
  });

  test('is taken back by the second daemon, where none ran at the update', async () => {
    const stand = await updateStand();
    await stand.publish('1.1.0', 'crashes');
    await update(stand.options());
    expect(await stand.version()).toBe('1.1.0');
    const first = await startProcess(stand.program, ['daemon'], { env: stand.env });
    expect(await first.exited).toBe(1);
    await stand.startDaemon();
    await expectUntouched(stand);
    expect(await stand.link.look()).toMatchObject({ version: '1.0.0' });
    expect(stand.memory.read().outcome).toMatchObject({ version: '1.1.0', result: 'undone', told: false });
  });
});
