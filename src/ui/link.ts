import { setTimeout as delay } from 'node:timers/promises';
import { type ControlClient, connectControl } from '../control/client.ts';
import { type ControlEvent, EVENTS } from '../control/events.ts';
import { reportOf } from '../errors.ts';
import type { Link } from './state.ts';

/** Name of this client in the daemon's log. */
const CLIENT = 'codex-voice ui';
/** Pause between two tries to find a daemon, ms. A new daemon counts down the prompt that is edited here. */
const RETRY_MS = 250;
/** Pause after a daemon of another version, ms. */
const REFUSED_MS = 2_000;

interface LinkListeners {
  /** Called when connected and subscribed to every event. */
  up: (daemon: ControlClient) => void;
  event: (event: ControlEvent) => void;
  changed: (link: Link) => void;
}

/**
 * Keeps a connection to the daemon, reconnecting whenever it breaks, until `signal` aborts.
 * @param first an existing connection
 */
export async function keepConnected(
  path: string,
  first: ControlClient,
  listeners: LinkListeners,
  signal: AbortSignal,
): Promise<void> {
  let daemon: ControlClient | null = first;
  let since = 0;
  while (!signal.aborted) {
    let pause = RETRY_MS;
    try {
      daemon ??= await connectControl({ path, client: CLIENT });
      const connection = daemon;
      const close = (): void => connection.close();
      signal.addEventListener('abort', close, { once: true });
      connection.onEvent(listeners.event);
      await connection.request('subscribe', { events: [...EVENTS] });
      listeners.changed({ kind: 'up', version: connection.server.version });
      listeners.up(connection);
      await connection.closed;
      if (connection.failure !== null) pause = REFUSED_MS;
      signal.removeEventListener('abort', close);
      if (signal.aborted) return;
      since = Date.now();
      const hint = 'Run codex-voice start.';
      const gone = { code: 'daemon-failed', message: 'The daemon has ended.', hint } as const;
      const reason = connection.failure === null ? gone : reportOf(connection.failure);
      listeners.changed({ kind: 'lost', reason, since });
    } catch (error) {
      if (signal.aborted) return;
      const reason = reportOf(error);
      since ||= Date.now();
      // A missing daemon is already reported; other reasons are new.
      if (reason.code === 'protocol-version') pause = REFUSED_MS;
      if (reason.code !== 'daemon-missing') listeners.changed({ kind: 'lost', reason, since });
      daemon?.close();
    }
    daemon = null;
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** @throws VoiceError daemon-missing, protocol-version, daemon-failed */
export function connectFirst(path: string): Promise<ControlClient> {
  return connectControl({ path, client: CLIENT });
}
