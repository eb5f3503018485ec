import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootDaemon } from '../../src/update/boot.ts';
import type { UpdateStep } from '../../src/update/options.ts';
import { recoverUpdate } from '../../src/update/recover.ts';
import { update } from '../../src/update/update.ts';
import type { Manner } from '../support/fake-program.ts';
import { startProcess, waitFor } from '../support/process.ts';
import { TARGET, type UpdateStand, updateStand, writeFakeProgram } from '../support/update-stand.ts';

const RUNNER = join(import.meta.dirname, '..', 'support', 'update-runner.ts');

/** An update to 1.1.0 that is killed when it has reached the step. */
async function cutAt(stand: UpdateStand, step: UpdateStep, manner: Manner = 'good'): Promise<void> {
  await stand.publish('1.1.0', manner);
  const { program, base, publicKey } = stand.options();
  const options = JSON.stringify({ program, base, publicKey, key: TARGET });
  const runner = await startProcess(process.execPath, [RUNNER, options, step], { env: stand.env });
  expect([await runner.exited, runner.stderr()]).toEqual([null, '']);
}

/** What every verb does first. */
async function anyVerb(stand: UpdateStand): Promise<void> {
  const release = stand.journal.lock();
  expect(release).not.toBeNull();
  try {
    await recoverUpdate(stand.options({ readyMs: 3_000 }));
  } finally {
    release?.();
  }
}

const BEFORE: readonly UpdateStep[] = ['found', 'downloaded', 'unpacking', 'unpacked', 'tried', 'idle'];
const UNDECIDED: readonly UpdateStep[] = ['switching', 'kept'];
const AFTER: readonly UpdateStep[] = ['renamed', 'switched'];

describe.each([...BEFORE, ...UNDECIDED, ...AFTER])('kill -9 after the step "%s"', (step) => {
  const version = AFTER.includes(step) ? '1.1.0' : '1.0.0';

  test('leaves a program that works, and the next verb ends the update', async () => {
    const stand = await updateStand();
    await cutAt(stand, step);
    expect(await stand.version()).toBe(version);
    await anyVerb(stand);
    expect(await stand.version()).toBe(version);
    expect(stand.files()).not.toContain('.codex-voice.update');
    await update(stand.options({ version }));
    expect(await stand.version()).toBe('1.1.0');
  });
});

describe('with a daemon', () => {
  test.each([...UNDECIDED])('killed at "%s": it goes on as it is', async (step) => {
    const stand = await updateStand();
    const daemon = await stand.startDaemon();
    await cutAt(stand, step);
    await anyVerb(stand);
    expect(await stand.link.look()).toMatchObject({ version: '1.0.0', pid: daemon.pid, ready: true });
    expect(stand.journal.read()).toBeNull();
  });

  test.each([...AFTER])('killed at "%s": the next verb restarts it', async (step) => {
    const stand = await updateStand();
    const daemon = await stand.startDaemon();
    await cutAt(stand, step);
    expect(await stand.link.look()).toMatchObject({ version: '1.0.0' });
    await anyVerb(stand);
    expect(await stand.link.look()).toMatchObject({ version: '1.1.0', pid: daemon.pid, ready: true });
    expect(stand.journal.read()).toBeNull();
  });

  test('a busy one is left alone until it is idle', async () => {
    const stand = await updateStand();
    await stand.startDaemon();
    await cutAt(stand, 'switched');
    writeFileSync(join(stand.bin, 'busy'), '');
    await anyVerb(stand);
    expect(await stand.link.look()).toMatchObject({ version: '1.0.0' });
    rmSync(join(stand.bin, 'busy'));
    await anyVerb(stand);
    expect(await stand.link.look()).toMatchObject({ version: '1.1.0' });
  });

  test('a bad version is taken back by the next verb', async () => {
    const stand = await updateStand();
    await stand.startDaemon();
    await cutAt(stand, 'switched', 'crashes');
    await expect(anyVerb(stand)).rejects.toMatchObject({ code: 'update-undone' });
    expect(await stand.version()).toBe('1.0.0');
    await waitFor('the old daemon', async () => (await stand.link.look())?.version === '1.0.0');
  });

  test.each(['restoring', 'restored'] as const)('killed at "%s": the old version is back', async (step) => {
    const stand = await updateStand();
    await stand.startDaemon();
    await cutAt(stand, step, 'crashes');
    await anyVerb(stand);
    expect(await stand.version()).toBe('1.0.0');
    expect(stand.files()).toEqual(['codex-voice']);
    await stand.startDaemon();
  });
});

describe('without a daemon', () => {
  test('the first daemon of a good version ends the update', async () => {
    const stand = await updateStand();
    await cutAt(stand, 'switched');
    await stand.startDaemon();
    expect(await stand.link.look()).toMatchObject({ version: '1.1.0' });
    expect(stand.journal.read()).toBeNull();
  });

  test('a daemon that dies at its start is taken back by the next verb', async () => {
    const stand = await updateStand();
    await cutAt(stand, 'switched', 'crashes');
    const first = await startProcess(stand.program, ['daemon'], { env: stand.env });
    expect(await first.exited).toBe(1);
    await anyVerb(stand);
    expect(await stand.version()).toBe('1.0.0');
    expect(stand.memory.read().outcome).toMatchObject({ version: '1.1.0', result: 'undone', told: false });
  });

  test('a daemon that could not start for another reason is not held against it', async () => {
    const stand = await updateStand();
    await cutAt(stand, 'switched');
    const { journal, memory, program } = stand;
    const boot = bootDaemon({ journal, memory, program });
    if (boot.state === 'goes-on') boot.retract();
    expect(journal.read()).toMatchObject({ step: 'switched', attempts: 0 });
    await anyVerb(stand);
    expect(await stand.version()).toBe('1.1.0');
  });

  test('a program that somebody has installed since stays', async () => {
    const stand = await updateStand();
    await cutAt(stand, 'switched', 'crashes');
    const first = await startProcess(stand.program, ['daemon'], { env: stand.env });
    expect(await first.exited).toBe(1);
    rmSync(stand.program);
    writeFakeProgram(stand.program, '1.2.0');
    await anyVerb(stand);
    expect(await stand.version()).toBe('1.2.0');
    expect(stand.journal.read()).toBeNull();
  });

  test('another program leaves it alone', async () => {
    const stand = await updateStand();
    await cutAt(stand, 'switched');
    const { journal, memory } = stand;
    expect(bootDaemon({ journal, memory, program: '/elsewhere/codex-voice' }).state).toBe('goes-on');
    expect(journal.read()).toMatchObject({ step: 'switched', attempts: 0 });
  });

  test('a journal that makes no sense is as none', async () => {
    const stand = await updateStand();
    await cutAt(stand, 'switched');
    writeFileSync(
      join(`${stand.env.XDG_STATE_HOME}`, 'codex-voice', 'update', 'steps.json'),
      '{"step": "dance"}',
    );
    await anyVerb(stand);
    expect(stand.journal.read()).toBeNull();
    expect(await stand.version()).toBe('1.1.0');
  });
});
