import { VoiceError } from '../errors.ts';
import { withDaemon } from './connect.ts';

/** Makes a running daemon take over the chosen model. Without one, the next daemon does. @throws VoiceError */
export async function reloadDaemon(): Promise<void> {
  try {
    await withDaemon((daemon) => daemon.request('reload', {}, { timeoutMs: 120_000 }));
  } catch (error) {
    if (!(error instanceof VoiceError && error.code === 'daemon-missing')) throw error;
  }
}
