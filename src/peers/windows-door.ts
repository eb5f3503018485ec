import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Gate, Gatekeeper, Introduced } from '../control/gatekeeper.ts';
import { messageOf } from '../errors.ts';
import { isHarmless, refused } from './door.ts';
import type { Suspicion } from './judge.ts';

/** How long a client has to say on its pipe that it is the one that connected, ms. */
const WORDS_MS = 2_000;
/** Only local pipes: connecting to a share would send the user's credentials to another machine. */
const LOCAL_PIPE = /^\\\\\.\\pipe\\[\w-]{1,200}$/;

/** The system's part in identifying a client; tests replace it. */
export interface WindowsPeers {
  /** The first words on a pipe and the process that serves it; null: there are none. */
  read(pipe: string, length: number, timeoutMs: number): Promise<{ pid: number; words: string } | null>;
  /** When a process was created; null: it does not run. */
  createdAt(pid: number): string | null;
  /** True for processes that end with this daemon: Codex, and everything that it started. Null: it does not run. */
  isOwn(pid: number): boolean | null;
}

interface WindowsDoorOptions {
  peers: WindowsPeers;
  logger: Logger;
}

interface Peer {
  pid: number;
  created: string;
}

/**
 * Like Door, for Windows: a client names a pipe that it serves, and the system reports the process behind it. What Codex
 * started is in the same job object as Codex, and no process can leave that.
 */
export class WindowsDoor implements Gatekeeper {
  readonly #options: WindowsDoorOptions;

  constructor(options: WindowsDoorOptions) {
    this.#options = options;
  }

  admit(_socket: Socket): Gate {
    let peer: Peer | null = null;
    return {
      introduce: async (hello) => {
        peer = await this.#identify(hello);
      },
      refusal: (call) => {
        if (isHarmless(call)) return null;
        const why = this.#suspect(peer);
        return why === null ? null : refused(call, why);
      },
    };
  }

  async #identify({ pipe, words }: Introduced): Promise<Peer | null> {
    if (pipe === null || !LOCAL_PIPE.test(pipe)) return null;
    const { peers, logger } = this.#options;
    try {
      const read = await peers.read(pipe, words.length, WORDS_MS);
      // Anybody can name the pipe of another program, but only the client can say these words.
      if (read === null || read.words !== words) return null;
      const created = peers.createdAt(read.pid);
      return created === null ? null : { pid: read.pid, created };
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'a control client cannot be identified');
      return null;
    }
  }

  /** Judged at each call: meanwhile the process can end, and a later process can get its id. */
  #suspect(peer: Peer | null): Suspicion | null {
    const { peers } = this.#options;
    if (peer === null || peers.createdAt(peer.pid) !== peer.created)
      return 'a program that has ended or cannot be identified';
    const own = peers.isOwn(peer.pid);
    if (own === null) return 'a program that has ended or cannot be identified';
    return own ? 'a program that Codex started' : null;
  }
}

/** The functions of Windows. */
export async function windowsPeers(): Promise<WindowsPeers> {
  const [{ readPipe }, { createdAt }, { ownJob }] = await Promise.all([
    import('../win32/pipe-client.ts'),
    import('../win32/processes.ts'),
    import('../win32/job-object.ts'),
  ]);
  return { read: readPipe, createdAt, isOwn: (pid) => ownJob.has(pid) };
}
