import type { IPty } from '@lydell/node-pty';

/**
 * Parts of a pseudoconsole that node-pty 1.1.0 does not publish. Its kill() does nothing before the first output, and
 * starts a process that terminates all programs at the console by their ids, which may belong to others by then.
 */
interface Inside {
  _agent: {
    _pty: number;
    _ptyNative: { kill(console: number): void };
    _conoutSocketWorker: { dispose(): void };
  };
}

/** Closes the pseudoconsole of a running program, which gets CTRL_CLOSE_EVENT (ClosePseudoConsole). Windows only. */
export function closeConsole(pty: IPty): void {
  const { _agent: agent } = pty as unknown as Inside;
  agent._ptyNative.kill(agent._pty);
}

/**
 * Ends the thread that reads a pseudoconsole whose program has ended; node-pty leaves it running, and this process could
 * not end. May be called twice.
 */
export function releaseConsole(pty: IPty): void {
  (pty as unknown as Inside)._agent._conoutSocketWorker.dispose();
}
