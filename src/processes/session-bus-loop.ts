import { setTimeout as sleep } from 'node:timers/promises';
import { busAddress } from '../dbus/session-bus.ts';
import { messageOf } from '../errors.ts';
import { Backoff } from './backoff.ts';

interface SessionBusLoop {
  /** Where the session bus is looked for. */
  env: NodeJS.ProcessEnv;
  /** Pause between two looks where there is no bus, ms. */
  lookMs: number;
  /** One connection from its beginning to its end. Resolves with why it ended; rejects when it could not begin. */
  serve: (address: string) => Promise<string>;
  /** Called when a connection has ended, or there is no bus. */
  onEnd: (reason: string) => void;
}

/** Connects to the session bus whenever there is one, until the signal comes. Never rejects. */
export async function onSessionBus(
  { env, lookMs, serve, onEnd }: SessionBusLoop,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    const address = busAddress(env);
    const reason = address === null ? 'there is no D-Bus session bus' : await serve(address).catch(messageOf);
    if (signal.aborted) return;
    onEnd(reason);
    const pause = address === null ? lookMs : backoff.next();
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined); // closed while it waited
  }
}
