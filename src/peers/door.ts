import type { Socket } from 'node:net';
import type { Gate, Gatekeeper } from '../control/gatekeeper.ts';
import type { ClientNotification, Method } from '../control/protocol.ts';
import { VoiceError } from '../errors.ts';
import type { ReadCredentials } from './credentials.ts';
import type { PeerJudge } from './judge.ts';

/** Whose decisions the control socket takes: `[security] socket_decisions`. */
export type SocketDecisions = 'people' | 'nobody';

type Call = Method | ClientNotification;

/** Calls that only look, or end a client's visit. Everything else is for the user's programs. */
const HARMLESS: ReadonlySet<Call> = new Set<Call>([
  'hello',
  'subscribe',
  'status',
  'history',
  'stats',
  'config',
  'projects',
  'sessions',
  'queue',
  'review',
  'terminal/painted',
  'detach',
]);

/** Calls that answer Codex or send it a prompt that waits; keys in the hidden terminal can do both. */
const DECISIONS: ReadonlySet<Call> = new Set<Call>([
  'approve',
  'deny',
  'answer',
  'terminal/input',
  'review/send',
  'review/edit',
]);

export interface DoorOptions {
  judge: PeerJudge;
  credentials: ReadCredentials;
  decisions: () => SocketDecisions;
}

/** Lets the user's programs do everything, and programs that Codex started only look. */
export class Door implements Gatekeeper {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  admit(socket: Socket): Gate {
    const { judge, credentials, decisions } = this.#options;
    const read = credentials(socket);
    const peer = read && judge.identify(read);
    // Looked at now and at every call: a process can end, or be left by its parent, in between.
    const atFirst = judge.suspect(read, peer);
    return {
      refusal: (call) => {
        if (HARMLESS.has(call)) return null;
        const why = atFirst ?? judge.suspect(read, peer);
        if (why !== null) return refused(call, `The request came from ${why}.`);
        if (decisions() === 'nobody' && DECISIONS.has(call))
          return refused(call, 'The settings allow no decisions over the control socket.');
        return null;
      },
    };
  }
}

function refused(call: Call, why: string): VoiceError {
  return new VoiceError(
    'decision-refused',
    `The daemon refused "${call}". ${why}`,
    'Use the buttons of the notification, or run the command in your own terminal.',
  );
}
