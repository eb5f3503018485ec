import type { Message } from '@jellybrick/dbus-next';
import type { Logger } from 'pino';
import { Portal } from '../../dbus/portal.ts';
import { type BusConnection, busAddress, connectBus } from '../../dbus/session-bus.ts';
import { messageOf } from '../../errors.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { writeAppEntry } from './app-entry.ts';
import { APP_ID, PortalSession, SHORTCUTS } from './session.ts';

interface PortalDriverOptions {
  listen: Chord;
  cancel: Chord;
  /** Where the session bus is looked for. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Pause between two looks whether another program has the key, ms; 3,000 by default. */
  retryMs?: number;
}

const CONNECT_MS = 5_000;
/** The shortcuts specification of freedesktop.org has keys only. */
const NO_BUTTONS = 'the desktop portal gives keys of the keyboard only, no mouse buttons';

/**
 * The global hotkey of a desktop whose portal has them: KDE from 5.27, GNOME from 48, Hyprland. Verified with
 * xdg-desktop-portal 1.16 and KWin 5.27, and with 1.20, KWin 6.3 and GNOME 48.
 */
export function portalDriver({
  listen,
  cancel,
  env,
  logger,
  retryMs = 3_000,
}: PortalDriverOptions): HotkeyDriver {
  return {
    name: 'portal',
    lost: (reason) =>
      lostReport(reason, 'the desktop portal', 'The key is asked for again when the portal is back.'),
    async unavailable() {
      if ('button' in listen) return NO_BUTTONS;
      try {
        using open = await openPortal(env, () => undefined);
        await open.portal.version(SHORTCUTS);
        return null;
      } catch (error) {
        return `the desktop portal gives no global shortcuts (${messageOf(error)})`;
      }
    },
    async serve(outlet, signal) {
      if ('button' in listen) throw new Error(NO_BUTTONS);
      let session: PortalSession | null = null;
      const ended = Promise.withResolvers<Error>();
      using open = await openPortal(env, (taken) => {
        if (taken === 'gone') ended.resolve(new Error('the desktop portal has ended'));
        else session?.take(taken);
      });
      writeAppEntry(env, APP_ID);
      await open.portal.register(APP_ID);
      signal.throwIfAborted();
      signal.addEventListener('abort', () => ended.resolve(new Error('closed')), { once: true });
      void open.bus.closed.then((reason) => ended.resolve(new Error(reason)));
      session = new PortalSession({
        ...open,
        listen,
        cancel,
        outlet,
        logger,
        retryMs,
        onClosed: ended.resolve,
      });
      await Promise.race([session.begin(), ended.promise]);
      outlet.attach(session);
      try {
        return await ended.promise;
      } finally {
        session.end();
        // The backend of GNOME 48 keeps the session of a portal that has crashed, and reports keys to no other.
        if (!signal.aborted && session.path !== '') await open.portal.closeLeftOver(session.path);
      }
    },
  };
}

interface OpenPortal extends Disposable {
  bus: BusConnection;
  portal: Portal;
}

/** @param onSignal takes what the portal says, and `gone` when it ends. @throws Error when there is none */
async function openPortal(
  env: NodeJS.ProcessEnv,
  onSignal: (signal: Message | 'gone') => void,
): Promise<OpenPortal> {
  const address = busAddress(env);
  if (address === null) throw new Error('there is no session bus');
  let portal: Portal | null = null;
  const bus = await connectBus(address, CONNECT_MS, (signal) => {
    const taken = portal?.take(signal) ?? null;
    if (taken !== null) onSignal(taken);
  });
  portal = new Portal(bus);
  try {
    await portal.connect();
  } catch (error) {
    bus.disconnect();
    throw error;
  }
  return { bus, portal, [Symbol.dispose]: () => bus.disconnect() };
}
