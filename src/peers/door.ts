import type { Socket } from 'node:net';
import type { Gate, Gatekeeper } from '../control/gatekeeper.ts';
import type { ClientNotification, Method } from '../control/protocol.ts';
import { VoiceError } from '../errors.ts';
import type { ReadCredentials } from './credentials.ts';
import type { PeerJudge } from './judge.ts';

/** `[security] socket_decisions`: which clients of the control socket may decide. */
export type SocketDecisions = 'people' | 'nobody';

type Call = Method | ClientNotification;

/** Calls that only read, or end a connection. All other calls are for the user's programs. */
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

/** Calls that answer Codex or send it a waiting prompt. Keys in the hidden terminal can do both. */
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

/** Allows the user's programs everything, and programs that Codex started only reading. */
export class Door implements Gatekeeper {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  admit(socket: Socket): Gate {
    const { judge, credentials, decisions } = this.#options;
    const read = credentials(socket);
    const peer = read && judge.identify(read);
    // Judged now and at every call: meanwhile a process can end or lose its parent.
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
