import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { ControlEvent } from '../../src/control/events.ts';
import type { DaemonStatus } from '../../src/control/status.ts';
import type { CheckContext } from '../../src/doctor/check.ts';
import { checkPress } from '../../src/doctor/press.ts';
import { checkContext } from '../support/check-context.ts';
import { runServer } from '../support/control.ts';

type Key = Extract<ControlEvent, { event: 'hotkey' }>['payload']['key'];
type Stage = DaemonStatus['stage'];

const GRABBED: DaemonStatus['hotkey'] = {
  backend: 'portal',
  keys: ['Ctrl+Alt+Space', 'Escape'],
  state: 'grabbed',
};
const SHORT = { press: 200, release: 200 };

/** A daemon with this hotkey. `press` is what its driver does when doctor asks for the key. */
async function runDaemon(hotkey = GRABBED, stage: Stage = 'idle') {
  const cancel = vi.fn(async () => ({ stage: 'idle' as const }));
  const { path, server } = await runServer({ cancel });
  const base = checkContext('', { WAYLAND_DISPLAY: 'wayland-1' });
  const context: CheckContext = {
    ...base,
    paths: { ...base.paths, controlSocket: path },
    daemon: {
      state: 'running',
      status: { stage, hotkey } as unknown as DaemonStatus,
      settings: {} as never,
    },
  };
  const key = (name: Key, backend = 'portal') =>
    server.broadcast({ event: 'hotkey', payload: { key: name, backend } });
  const listen = () => server.broadcast({ event: 'stage', payload: { stage: 'listening', utterance: null } });
  const doctor = (press: () => unknown, env = base.env) =>
    checkPress({ ...context, env }, () => void press(), new AbortController().signal, SHORT);
  return { cancel, key, listen, doctor };
}

describe('doctor --press beside a daemon', () => {
  test('names the driver and the times, and cancels the recording', async () => {
    const { cancel, key, listen, doctor } = await runDaemon();
    const finding = await doctor(async () => {
      await delay(100);
      key('press');
      listen();
      await delay(50);
      key('release');
    });
    expect(finding).toEqual({
      state: 'ok',
      detail: expect.stringMatching(
        /^The driver portal reported Ctrl\+Alt\+Space after 0\.[12] s, and its release (?:[4-9]\d|1\d\d) ms later$/,
      ),
    });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test('cancels also where the press is reported before the daemon listens', async () => {
    const { cancel, key, listen, doctor } = await runDaemon({ ...GRABBED, state: 'off' });
    const finding = await doctor(async () => {
      key('toggle', 'bindings');
      await delay(100);
      listen();
    });
    expect(finding).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^A key binding of the desktop .* reports no release: each press/),
    });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test('leaves alone what was begun without the key', async () => {
    const { cancel, listen, doctor } = await runDaemon();
    await doctor(listen);
    expect(cancel).not.toHaveBeenCalled();
  });

  test('warns when the release is missing', async () => {
    const { key, listen, doctor } = await runDaemon();
    const finding = await doctor(() => {
      key('press');
      listen();
    });
    expect(finding).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('no release within 0.2 s'),
      hint: expect.stringContaining('mode = "toggle"'),
    });
  });

  test('says what to do when nothing comes: another program, another desktop, a taken key, no driver', async () => {
    const nothing = () => undefined;
    const grabbed = await runDaemon();
    expect(await grabbed.doctor(nothing)).toMatchObject({
      state: 'failed',
      detail: 'No press of Ctrl+Alt+Space came within 0.2 s, although portal has the key.',
      hint: expect.stringMatching(
        /^Press it on the desktop .*another program takes it.*`codex-voice keys show`/,
      ),
    });
    expect((await grabbed.doctor(nothing, {})).hint).toContain('This terminal belongs to no desktop');
    const reason = { code: 'hotkey-taken', message: 'KWin has it.', hint: 'Free it.' } as const;
    const taken = await runDaemon({ ...GRABBED, state: 'waiting', reason });
    expect(await taken.doctor(nothing)).toMatchObject({
      code: 'hotkey-taken',
      detail: expect.stringMatching(/KWin has it\.$/),
      hint: expect.stringMatching(/^Free it\. Run `codex-voice keys show`/),
    });
    const off = await runDaemon({ ...GRABBED, backend: 'none', state: 'off' });
    expect(await off.doctor(nothing)).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('`codex-voice keys show`'),
    });
  });

  test('asks for no press while the daemon is paused or listens', async () => {
    for (const [stage, hint] of [
      ['paused', 'unpause'],
      ['listening', 'when it has ended'],
    ] as const) {
      const press = vi.fn();
      const { doctor } = await runDaemon(GRABBED, stage);
      expect(await doctor(press)).toMatchObject({ state: 'warning', hint: expect.stringContaining(hint) });
      expect(press).not.toHaveBeenCalled();
    }
  });
});
