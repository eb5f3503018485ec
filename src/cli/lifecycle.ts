import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectControl } from '../control/client.ts';
import type { DaemonStatus } from '../control/status.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { withDaemon } from './connect.ts';
import { formatReport, print } from './output.ts';

/** More than its parts have themselves, whose errors say more: Codex's server 30 s, the speech engine 60 s. */
const START_MS = 90_000;
/** Long enough to transcribe what is being said. */
const STOP_MS = 20_000;

/** Ends the daemon and waits until it is gone. @throws VoiceError daemon-missing, daemon-failed */
export async function stopDaemon(): Promise<void> {
  await withDaemon(async (daemon) => {
    await daemon.request('stop', {});
    const late = AbortSignal.timeout(STOP_MS);
    await Promise.race([daemon.closed, once(late, 'abort')]);
    if (late.aborted) {
      const hint = `Its process id is ${daemon.server.pid}. The log says what it is waiting for.`;
      throw new VoiceError('daemon-failed', `The daemon did not stop within ${STOP_MS} ms.`, hint);
    }
  });
}

/** The used fields, so that a daemon of another version can be replaced. */
const NEEDS = ['pid', 'uptime_s', 'session', 'transcriber', 'hotkey'] as const;
export type RunningDaemon = Pick<DaemonStatus, (typeof NEEDS)[number]>;

/** Prints that the daemon runs, and what is not well with it. */
export function tellRunning(status: RunningDaemon): void {
  print(`codex-voice is running (pid ${status.pid}); ${describe(status)}`);
}

/** Waits until the daemon has settled. @param ended the process is gone @param words what it said last */
export async function untilReady(ended: AbortSignal, words: () => string): Promise<RunningDaemon> {
  const late = performance.now() + START_MS;
  for (;;) {
    if (ended.aborted) {
      throw new VoiceError(
        'daemon-failed',
        `The daemon did not start. ${words()}`,
        'Run `codex-voice doctor`.',
      );
    }
    const status = await statusOrNull();
    if (status && isSettled(status)) return status;
    if (performance.now() > late) {
      const hint = 'It is still starting. Run `codex-voice status` to see its progress.';
      throw new VoiceError('daemon-failed', `The daemon was not ready within ${START_MS} ms.`, hint);
    }
    await delay(50);
  }
}

function isSettled({ session, transcriber }: RunningDaemon): boolean {
  return session.state !== 'starting' && transcriber.state !== 'starting';
}

function describe({ session, hotkey }: RunningDaemon): string {
  const lines = [hotkey.state === 'grabbed' ? `press ${hotkey.keys[0]} and speak` : 'no hotkey'];
  for (const report of [hotkey.reason, session.reason]) {
    if (report) lines.push(formatReport(report));
  }
  return lines.join('\n');
}

/** null: no daemon runs, or it has not come so far yet. */
export async function statusOrNull(): Promise<RunningDaemon | null> {
  try {
    const client = await connectControl({ path: pathsOf().controlSocket, client: 'codex-voice' });
    try {
      return await client.request('status', {}, { needs: NEEDS });
    } finally {
      client.close();
    }
  } catch (error) {
    const expected = error instanceof VoiceError && ['daemon-missing', 'daemon-failed'].includes(error.code);
    if (!expected) throw error;
    return null;
  }
}
