import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectControl } from '../control/client.ts';
import type { DaemonStatus } from '../control/protocol.ts';
import { VoiceError } from '../errors.ts';
import { ownCommand } from '../platform/child.ts';
import { pathsOf } from '../platform/paths.ts';
import { withDaemon } from './connect.ts';
import { formatReport, print } from './output.ts';

/** A cold disk and a fresh Codex home can take several seconds. */
const START_MS = 30_000;
/** Long enough to transcribe what is being said. */
const STOP_MS = 20_000;

/** Starts the background daemon and waits until it can take a prompt, or says why it cannot. */
export async function start(): Promise<void> {
  if (await statusOrNull()) {
    throw new VoiceError('daemon-running', 'A daemon is running already.', '`codex-voice status` shows it.');
  }
  const { command, args } = ownCommand(['daemon']);
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CODEX_VOICE_BACKGROUND: '1' },
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4_000);
  });
  const ended = new AbortController();
  void once(child, 'close').then(() => ended.abort());
  const status = await untilReady(ended.signal, () => words.trim());
  child.stderr.destroy();
  child.unref();
  print(`codex-voice is running (pid ${status.pid}); ${describe(status)}`);
}

/** Ends the daemon and waits until it is gone. */
export async function stop(): Promise<void> {
  await withDaemon(async (daemon) => {
    await daemon.request('stop', {});
    const late = AbortSignal.timeout(STOP_MS);
    await Promise.race([daemon.closed, once(late, 'abort')]);
    if (late.aborted) {
      const hint = `Its process is ${daemon.server.pid}; the log says what it waits for.`;
      throw new VoiceError('daemon-failed', `The daemon did not stop within ${STOP_MS} ms.`, hint);
    }
  });
  print('stopped');
}

export async function restart(): Promise<void> {
  if (await statusOrNull()) await stop();
  await start();
}

async function untilReady(ended: AbortSignal, words: () => string): Promise<DaemonStatus> {
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
      const hint = 'It goes on starting; `codex-voice status` shows how far it is.';
      throw new VoiceError('daemon-failed', `The daemon was not ready within ${START_MS} ms.`, hint);
    }
    await delay(50);
  }
}

function isSettled({ session, transcriber }: DaemonStatus): boolean {
  return session.state !== 'starting' && transcriber.state !== 'starting';
}

function describe({ session, hotkey }: DaemonStatus): string {
  const lines = [hotkey.state === 'grabbed' ? `press ${hotkey.keys[0]} and speak` : 'no hotkey'];
  for (const report of [hotkey.reason, session.reason]) {
    if (report) lines.push(formatReport(report));
  }
  return lines.join('\n');
}

/** null: no daemon runs, or it has not come so far yet. */
async function statusOrNull(): Promise<DaemonStatus | null> {
  try {
    const client = await connectControl({ path: pathsOf().controlSocket, client: 'codex-voice' });
    try {
      return await client.request('status', {});
    } finally {
      client.close();
    }
  } catch (error) {
    const expected = error instanceof VoiceError && ['daemon-missing', 'daemon-failed'].includes(error.code);
    if (!expected) throw error;
    return null;
  }
}
