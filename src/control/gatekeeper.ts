import type { Socket } from 'node:net';
import type { VoiceError } from '../errors.ts';
import type { ClientNotification, Method } from './params.ts';

/** Decides what one client may do. */
export interface Gate {
  /** Returns why the client may not make this call now; null when it may. */
  refusal(call: Method | ClientNotification): VoiceError | null;
}

/** Judges clients as they connect. */
export interface Gatekeeper {
  /** Judges a client that has just connected. */
  admit(socket: Socket): Gate;
}
