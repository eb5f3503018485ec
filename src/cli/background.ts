import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { VoiceError } from '../errors.ts';
import { ownCommand } from '../single-file/child.ts';
import { statusOrNull, stopDaemon, tellRunning, untilReady } from './lifecycle.ts';
import { print } from './output.ts';
import { serviceOf } from './services.ts';

/** Starts the background daemon and waits until it can take a prompt, or says why it cannot. */
export async function start(): Promise<void> {
  if (await statusOrNull()) {
    throw new VoiceError(
      'daemon-running',
      'A daemon is already running.',
      'Run `codex-voice status` to see it.',
    );
  }
  const { command, args } = ownCommand(['daemon']);
  const child = spawn(command, args, {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CODEX_VOICE_BACKGROUND: '1' },
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4_000);
  });
  const ended = new AbortController();
  const gone = (): void => ended.abort();
  once(child, 'close').then(gone, gone);
  const status = await untilReady(ended.signal, () => words.trim());
  child.stderr.destroy();
  child.unref();
  tellRunning(status);
}

/** Ends the daemon and waits until it is gone. */
export async function stop(): Promise<void> {
  await stopDaemon();
  print('stopped');
}

/** Through its service if it has one, so that it stays a service. */
export async function restart(): Promise<void> {
  const status = await statusOrNull();
  const service = status === null ? null : await serviceOf(status.pid);
  if (service === null) {
    if (status) await stop();
    return start();
  }
  await service.stop();
  await service.start();
  tellRunning(await untilReady(new AbortController().signal, () => ''));
}
