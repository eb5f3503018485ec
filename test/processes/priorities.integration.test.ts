import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/control/status.ts';
import type { Replier, Reply } from '../../src/loopback/model.ts';
import { workInBackground } from '../../src/processes/background.ts';
import { schedulingGroup } from '../../src/processes/scheduling-group.ts';
import { setPriorities } from '../../src/processes/set-priority.ts';
import { threadsOf } from '../../src/processes/threads.ts';
import { processTree } from '../bench/process-tree.ts';
import { startDaemon } from '../support/desktop.ts';
import { run, waitFor } from '../support/process.ts';
import { startSessionBus } from '../support/session-bus.ts';

/** Every user may lower the priority of their own processes. */
it('lowers every thread of a process, also of one that computes in several', async () => {
  const script = `
    const { pbkdf2 } = require('node:crypto');
    for (let i = 0; i < 4; i++) pbkdf2('a', 'b', 1e9, 64, 'sha512', () => undefined);
    console.log('ready')`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = pidOf(child);
  await once(child.stdout, 'data');
  const workers = () => threadsOf(pid).filter(({ name }) => name === 'libuv-worker');
  await waitFor('its threads', () => workers().length === 4);
  setPriorities(pid, 5);
  expect(threadsOf(pid).map(({ id }) => getPriority(id))).toEqual(threadsOf(pid).map(() => 5));
  workInBackground(pid);
  expect(getPriority(pid)).toBe(19);
  expect(workers().map(({ id }) => getPriority(id))).toEqual([19, 19, 19, 19]);
  child.kill('SIGKILL');
  await once(child, 'close');
  // Nothing to do is no failure.
  workInBackground(pid);
});

it('raises the daemon and its engine where this user may, and nothing that Codex runs', async () => {
  const granted = await mayRaise();
  await using bus = await startSessionBus();
  // There is no rtkit on this bus.
  const base = { ...process.env, ...bus.env, DBUS_SYSTEM_BUS_ADDRESS: bus.address };
  const replies: Reply[] = [{ kind: 'command', command: 'sleep 9.125' }];
  const reply: Replier = async () => replies.shift() ?? { kind: 'text', chunks: ['done'] };
  await using daemon = await startDaemon(base, { config: '[hotkey]\nbackend = "none"\n', reply });
  const { priority, transcriber } = await daemon.json<DaemonStatus>('status');
  const tree = await processTree(daemon.process.pid);
  const codex = tree.filter(({ command }) => /codex (?:app-server|resume)|codex\.js/.test(command));
  expect(codex.length).toBeGreaterThan(0);
  expect(new Set(codex.map(({ pid }) => getPriority(pid)))).toEqual(new Set([getPriority()]));
  await daemon.cli('ask', '--no-wait', 'sleep a little');
  const command = await waitFor('the command of Codex', async () =>
    (await processTree(daemon.process.pid)).find((use) => use.command.includes('sleep 9.125')),
  );
  expect(getPriority(command.pid)).toBe(getPriority());
  // Right after its start it is still in the session of its parent.
  await expect.poll(() => schedulingGroup(command.pid)).not.toMatchObject({ kind: 'session', nice: -11 });
  const { stdout } = await daemon.cli('status');
  if (granted) {
    expect(priority).toMatchObject({ nice: -11, driver: 'setpriority', engine: -7 });
    const threads = threadsOf(daemon.process.pid).map(({ id }) => getPriority(id));
    expect(new Set(threads)).toEqual(new Set([-11]));
    expect(getPriority(transcriber.pid ?? 0)).toBe(-7);
    expect(stdout).toMatch(/^priority +high: nice -11, speech engine -7, granted by this user's own rights/m);
  } else {
    expect(priority).toMatchObject({ nice: 0, driver: null });
    expect(stdout).toMatch(/^priority +normal \(.*rtkit: it is not installed\)/m);
  }
});

/** As the system itself says. */
async function mayRaise(): Promise<boolean> {
  return Number(await run('sh', ['-c', 'nice -n -40 nice 2>/dev/null'])) < 0;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('it did not start');
  return pid;
}
