import { setTimeout as delay } from 'node:timers/promises';
import { type ControlClient, connectControl } from '../control/client.ts';
import { type ControlEvent, EVENTS } from '../control/events.ts';
import { reportOf } from '../errors.ts';
import type { Link } from './state.ts';

/** What this client calls itself in the daemon's log. */
const CLIENT = 'codex-voice ui';
/** Time between two looks for a daemon that is away, ms: the next one counts down the prompt that is edited here. */
const RETRY_MS = 250;
/** The same for a daemon of another version, which stays one. */
const REFUSED_MS = 2_000;

export interface LinkListeners {
  /** Connected, and subscribed to every event. */
  up: (daemon: ControlClient) => void;
  event: (event: ControlEvent) => void;
  changed: (link: Link) => void;
}

/**
 * The connection to the daemon, made again whenever it breaks, until `signal` aborts.
 * @param first the connection that has been made already
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
      // One that is not there any more is known; what else is wrong is said.
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
