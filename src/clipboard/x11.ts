import type { Logger } from 'pino';
import type { ClipboardDriver } from './clipboard.ts';
import { Selection } from './selection.ts';

interface X11DriverOptions {
  /** DISPLAY, XAUTHORITY and HOME are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** The clipboard of an X server: a selection that the daemon owns and serves. It needs no program. */
export function x11Driver({ env, logger }: X11DriverOptions): ClipboardDriver {
  return {
    name: 'x11',
    unavailable: async () => (env.DISPLAY ? null : 'DISPLAY is not set'),
    open() {
      const closed = new AbortController();
      return {
        // The selection before loses its ownership to this one, and ends.
        copy: (text) => Selection.own(text, env, logger, closed.signal),
        close: () => closed.abort(new Error('closed')),
      };
    },
  };
}
