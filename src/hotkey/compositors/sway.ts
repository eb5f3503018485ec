import type { Logger } from 'pino';
import { z } from 'zod';
import { SWAY } from '../../wayland/sockets.ts';
import { MESSAGE, SwayConnection, type SwayEvent } from '../../wayland/sway-connection.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { RuntimeSession } from './runtime-session.ts';
import { NOP, SwayBindings } from './sway-bindings.ts';

const BINDING = z.object({ binding: z.object({ command: z.string() }) });
const CHANGE = z.object({ change: z.string() });

interface SwayDriverOptions {
  listen: Chord;
  cancel: Chord;
  /** SWAYSOCK and XDG_RUNTIME_DIR are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/**
 * The global hotkey of sway: bindings made over its socket, which say that they were pressed and start no program. They
 * are in no file. Verified with sway 1.7.
 */
export function swayDriver({ listen, cancel, env, logger }: SwayDriverOptions): HotkeyDriver {
  return {
    name: 'sway',
    unavailable: () => SWAY.unavailable(env),
    lost: (reason) => lostReport(reason, 'sway', 'The key is bound again when sway is back.'),
    async serve(outlet, signal) {
      const path = await SWAY.path(env);
      let session: RuntimeSession | null = null;
      using connection = await SwayConnection.open(path, (event) => session && take(event, session));
      signal.throwIfAborted();
      session = new RuntimeSession({
        bindings: new SwayBindings(connection),
        listen,
        cancel,
        logger,
        outlet,
      });
      await connection.ask(MESSAGE.subscribe, '["binding","workspace","shutdown"]');
      await session.begin();
      outlet.attach(session);
      const aborted = Promise.withResolvers<Error>();
      signal.addEventListener('abort', () => aborted.resolve(new Error('closed')), { once: true });
      const reason = await Promise.race([connection.closed, aborted.promise]);
      await session.end();
      return reason;
    },
  };
}

function take({ name, payload }: SwayEvent, session: RuntimeSession): void {
  if (name === 'binding') {
    const { data } = BINDING.safeParse(payload);
    if (data?.binding.command.startsWith(NOP)) session.take(data.binding.command.slice(NOP.length));
  } else if (name === 'workspace' && CHANGE.safeParse(payload).data?.change === 'reload') session.reloaded();
}
