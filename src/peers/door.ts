import type { Socket } from 'node:net';
import type { Gate, Gatekeeper } from '../control/gatekeeper.ts';
import type { ClientNotification, Method } from '../control/params.ts';
import { VoiceError } from '../errors.ts';
import type { ReadCredentials } from './credentials.ts';
import type { PeerJudge, Suspicion } from './judge.ts';

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

interface DoorOptions {
  judge: PeerJudge;
  credentials: ReadCredentials;
}

/** Allows the user's programs everything, and programs that Codex started only reading. */
export class Door implements Gatekeeper {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  admit(socket: Socket): Gate {
    const { judge, credentials } = this.#options;
    const read = credentials(socket);
    const peer = read && judge.identify(read);
    // Judged now and at every call: meanwhile a process can end or lose its parent.
    const atFirst = judge.suspect(read, peer);
    return {
      refusal: (call) => {
        if (isHarmless(call)) return null;
        const why = atFirst ?? judge.suspect(read, peer);
        return why === null ? null : refused(call, why);
      },
    };
  }
}

/** True for a call that any client may make. */
export function isHarmless(call: Call): boolean {
  return HARMLESS.has(call);
}

/** The error for a call that is for the user's programs. */
export function refused(call: Call, why: Suspicion): VoiceError {
  return new VoiceError(
    'decision-refused',
    `The daemon refused "${call}". The request came from ${why}.`,
    'Use the buttons of the notification, or run the command in your own terminal.',
  );
}
