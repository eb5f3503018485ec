import { runDaemon } from '../daemon/daemon.ts';

/** Runs in the foreground until it is asked to stop, or gets SIGTERM, SIGINT or SIGHUP. */
export async function daemon(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  await runDaemon({
    env: process.env,
    workingDirectory: process.cwd(),
    // A background daemon has nobody who reads; its log file has it all.
    foreground: process.env.CODEX_VOICE_BACKGROUND === undefined,
    stop: stop.signal,
  });
}
