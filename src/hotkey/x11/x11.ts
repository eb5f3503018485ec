import type { Logger } from 'pino';
import { isWayland } from '../../wayland/session.ts';
import { XConnection } from '../../x11/connection.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { XSession } from './session.ts';

interface X11DriverOptions {
  listen: Chord;
  cancel: Chord;
  /** `[hotkey] backend`. */
  backend: string;
  /** DISPLAY, XAUTHORITY and HOME are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Pause between attempts to get a key that another program holds, ms; 3,000 by default. */
  retryMs?: number;
}

/**
 * The global hotkey of an X11 desktop: passive grabs on the root window, so the key reaches no app. Verified with x11
 * 4.2.2 against X.Org 21.1.
 */
export function x11Driver(options: X11DriverOptions): HotkeyDriver {
  const { listen, cancel, env, logger, retryMs = 3_000 } = options;
  const driver: HotkeyDriver = {
    name: 'x11',
    unavailable: async () => (env.DISPLAY ? null : 'there is no X display (DISPLAY is not set)'),
    lost: (reason) => lostReport(reason, 'the X display', 'The key is grabbed again when it is back.'),
    async serve(outlet, signal) {
      using connection = await XConnection.open(env, logger, signal);
      signal.throwIfAborted();
      const close = (): void => connection.close();
      signal.addEventListener('abort', close, { once: true });
      const session = new XSession({ connection, listen, cancel, retryMs, logger, outlet });
      try {
        const ended = session.run();
        outlet.attach(session);
        return await ended;
      } finally {
        signal.removeEventListener('abort', close);
      }
    },
  };
  return notOnWayland(driver, options);
}

/** Xwayland is a display too, whose keys are only those that are pressed in its windows. */
function notOnWayland(
  x11: HotkeyDriver,
  { backend, env, logger }: Pick<X11DriverOptions, 'backend' | 'env' | 'logger'>,
): HotkeyDriver {
  if (!isWayland(env)) return x11;
  if (backend === 'x11')
    logger.warn('under Wayland an X11 hotkey works only while an X11 window has the focus');
  if (backend === 'x11') return x11;
  return {
    ...x11,
    unavailable: async () => 'a Wayland session lets no X11 program take keys from every app',
  };
}
