import type { Socket } from 'node:net';
import type { VoiceError } from '../errors.ts';
import type { ClientNotification, Method } from './params.ts';

/** Says what one client may do. */
export interface Gate {
  /** Why the client may not make this call now; null when it may. */
  refusal(call: Method | ClientNotification): VoiceError | null;
}

/** Decides about clients as they connect. */
export interface Gatekeeper {
  /** Looks at a client that has just connected. */
  admit(socket: Socket): Gate;
}
