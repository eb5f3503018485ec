import { connectControl } from '../control/client.ts';
import { VoiceError } from '../errors.ts';

/** The state of the daemon. */
export interface DaemonGlance {
  /** null: it speaks a newer protocol, and is neither this version nor an older one. */
  version: string | null;
  pid: number | null;
  /** Nothing is being said, worked on or waited for, and its terminal is not attached. */
  idle: boolean;
  /** It takes prompts, and its Whisper engine has the model. */
  ready: boolean;
}

/** A daemon answers within milliseconds; one that is being started may take longer, ms. */
const PATIENCE_MS = 3_000;

/** The daemon's control socket, as an update uses it. */
export class DaemonLink {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** null: none runs. @throws VoiceError folder-unsafe */
  async look(): Promise<DaemonGlance | null> {
    const patience = { timeoutMs: PATIENCE_MS };
    try {
      const client = await connectControl({ path: this.#socket, client: 'codex-voice update', ...patience });
      try {
        const { version, pid } = client.server;
        const starting = { version, pid, idle: false, ready: false };
        const status = await client
          .request('status', {}, { ...patience, needs: ['idle', 'transcriber'] })
          .catch((error: unknown) => orStarting(error));
        if (status === null) return starting;
        const ready = status.transcriber.state === 'ready' || status.transcriber.state === 'busy';
        return { version, pid, idle: status.idle, ready };
      } finally {
        client.close();
      }
    } catch (error) {
      const code = error instanceof VoiceError ? error.code : null;
      if (code === 'protocol-version') return { version: null, pid: null, idle: true, ready: true };
      if (code === 'daemon-missing') return null;
      if (code === 'daemon-failed') return { version: null, pid: null, idle: false, ready: false };
      throw error;
    }
  }

  /** Restarts the daemon with the current file; false: it is busy. @throws VoiceError */
  async restart(): Promise<boolean> {
    const client = await connectControl({ path: this.#socket, client: 'codex-voice update' });
    try {
      return (await client.request('restart', {})).restarting;
    } finally {
      client.close();
    }
  }
}

/** A daemon that has only its socket yet. */
function orStarting(error: unknown): null {
  if (error instanceof VoiceError && error.code === 'daemon-failed') return null;
  throw error;
}
