import type { Logger } from 'pino';
import { messageOf } from '../../errors.ts';
import { askHyprland } from '../../wayland/hyprland.ts';
import { linesOf, openSocket } from '../../wayland/lines.ts';
import { HYPRLAND } from '../../wayland/sockets.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { HyprlandBindings } from './hyprland-bindings.ts';
import { RuntimeSession } from './runtime-session.ts';

interface HyprlandDriverOptions {
  listen: Chord;
  cancel: Chord;
  /** HYPRLAND_INSTANCE_SIGNATURE and XDG_RUNTIME_DIR are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** The global hotkey of Hyprland: bindings made over its sockets, in no file. Not run on Hyprland. */
export function hyprlandDriver({ listen, cancel, env, logger }: HyprlandDriverOptions): HotkeyDriver {
  return {
    name: 'hyprland',
    async unavailable() {
      return (
        (await HYPRLAND.unavailable(env)) ??
        bindingsAt(await HYPRLAND.path(env))
          .read()
          .then(() => null, messageOf)
      );
    },
    lost: (reason) => lostReport(reason, 'Hyprland', 'The key is bound again when Hyprland is back.'),
    async serve(outlet, signal) {
      const path = await HYPRLAND.path(env);
      using socket = await openSocket(path, signal);
      const session = new RuntimeSession({ bindings: bindingsAt(path), listen, cancel, logger, outlet });
      await session.begin();
      outlet.attach(session);
      let reason: unknown = new Error('Hyprland closed the connection');
      try {
        for await (const line of linesOf(socket)) take(line, session);
      } catch (error) {
        reason = error;
      }
      await session.end();
      return reason instanceof Error ? reason : new Error(messageOf(reason));
    },
  };
}

/** @param events the event socket. The requests go on after the driver is closed: the keys are let go then. */
function bindingsAt(events: string): HyprlandBindings {
  return new HyprlandBindings((request) => askHyprland(events, request, new AbortController().signal));
}

function take(line: string, session: RuntimeSession): void {
  const [, name, data = ''] = /^(\w+)>>(.*)$/s.exec(line) ?? [];
  if (name === 'custom') session.take(data);
  else if (name === 'configreloaded') session.reloaded();
}
