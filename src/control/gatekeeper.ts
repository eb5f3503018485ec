import type { Socket } from 'node:net';
import type { VoiceError } from '../errors.ts';
import type { ClientNotification, Method } from './params.ts';

/** How a client lets the daemon identify its process: see introduction.ts. */
export interface Introduced {
  /** Untrusted. */
  pipe: string | null;
  /** What only this client can say there. */
  words: string;
}

/** Decides what one client may do. */
export interface Gate {
  /** Identifies the client where the connection does not identify it. Never rejects. */
  introduce?(introduced: Introduced): Promise<void>;
  /** Returns why the client may not make this call now; null when it may. */
  refusal(call: Method | ClientNotification): VoiceError | null;
}

/** Judges clients as they connect. */
export interface Gatekeeper {
  /** Judges a client that has just connected. */
  admit(socket: Socket): Gate;
}
