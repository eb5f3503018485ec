import { runDaemon } from '../daemon/daemon.ts';
import { takeReadiness } from '../service/notify.ts';

interface DaemonVerbOptions {
  service?: boolean;
}

/** Runs in the foreground until it is asked to stop, or gets SIGTERM, SIGINT or SIGHUP. */
export async function daemon(options: DaemonVerbOptions): Promise<void> {
  const { env } = process;
  const readiness = takeReadiness(env);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  await runDaemon({
    env,
    service: options.service ?? false,
    onReady: (logger) => readiness.ready(logger),
    workingDirectory: process.cwd(),
    // A background daemon has nobody who reads; its log file has it all. systemd's journal reads along.
    foreground: options.service ? env.JOURNAL_STREAM !== undefined : env.CODEX_VOICE_BACKGROUND === undefined,
    stop: stop.signal,
  });
}
