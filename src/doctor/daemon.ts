import { connectControl } from '../control/client.ts';
import { reportOf, VoiceError } from '../errors.ts';
import { type CheckContext, type DaemonView, type Finding, failed, ok, warning } from './check.ts';

/** A daemon answers within milliseconds, ms. */
const PATIENCE_MS = 5_000;

/** Asks the daemon for its state. */
export async function lookAtDaemon(socket: string): Promise<DaemonView> {
  const patience = { timeoutMs: PATIENCE_MS };
  try {
    const client = await connectControl({ path: socket, client: 'codex-voice doctor', ...patience });
    try {
      const status = await client.request('status', {}, patience);
      return { state: 'running', status, settings: await client.request('config', {}, patience) };
    } finally {
      client.close();
    }
  } catch (error) {
    const missing = error instanceof VoiceError && error.code === 'daemon-missing';
    return { state: missing ? 'missing' : 'silent', error };
  }
}

export async function checkDaemon({ daemon }: CheckContext): Promise<Finding> {
  switch (daemon.state) {
    case 'missing':
      return warning(reportOf(daemon.error));
    case 'silent':
      return failed(reportOf(daemon.error));
    case 'running': {
      const { version, pid, stage } = daemon.status;
      return ok(`version ${version}, pid ${pid}, ${stage}`);
    }
  }
}
