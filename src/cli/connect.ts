import { type ControlClient, connectControl } from '../control/client.ts';
import { pathsOf } from '../files/paths.ts';

/** Runs work with a connection to the daemon. @throws VoiceError daemon-missing, and what the work throws */
export async function withDaemon<T>(work: (daemon: ControlClient) => Promise<T>): Promise<T> {
  const client = await connectControl({ path: pathsOf().controlSocket, client: 'codex-voice' });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
