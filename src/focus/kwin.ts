import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Message } from '@jellybrick/dbus-next';
import { z } from 'zod';
import { isOwnerChange, ownerOf, watchOwner } from '../dbus/owner.ts';
import { type BusConnection, busAddress, connectBus, within } from '../dbus/session-bus.ts';
import { messageOf } from '../errors.ts';
import { replaceFile } from '../files/private-files.ts';
import { isWayland } from '../wayland/session.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';
import { kwinScript, REPORT } from './kwin-script.ts';

const KWIN = 'org.kde.KWin';
/** KWin loads no two scripts of one name. */
const SCRIPT = 'codex-voice-focus';
/** Time limit for an answer of KWin or the bus, ms. */
const ANSWER_MS = 5_000;
/** Maximum length of a report, UTF-16 units: the script cuts what it sends, and JSON may write a character as six. */
const MOST_REPORT = 64 * 1024;

const WINDOW = z.object({ title: z.string(), class: z.string(), pid: z.number() }).nullable();

interface KWinDriverOptions {
  env: NodeJS.ProcessEnv;
  /** A private folder, for the script while it is used. */
  folder: string;
}

/**
 * The active window of Plasma on Wayland. KWin has no interface for it, but runs a script that reports it. Verified with
 * KWin 5.27; KWin 6 by its documentation.
 */
export function kwinDriver({ env, folder }: KWinDriverOptions): FocusDriver {
  return {
    name: 'kwin',
    async unavailable() {
      if (!isWayland(env)) return 'this is not a Wayland session';
      try {
        using open = await openBus(env, () => undefined);
        return (await ownerOf(open.bus, KWIN)) === null ? 'KWin does not run here' : null;
      } catch (error) {
        return messageOf(error);
      }
    },
    async serve(attach, signal) {
      const ended = Promise.withResolvers<Error>();
      using open = await openBus(env, (message) => {
        if (isOwnerChange(message, KWIN)) ended.resolve(new Error('KWin has ended'));
      });
      const { bus } = open;
      signal.throwIfAborted();
      signal.addEventListener('abort', () => ended.resolve(new Error('closed')), { once: true });
      void bus.closed.then((reason) => ended.resolve(new Error(reason)));
      await watchOwner(bus, KWIN);
      const kwin = await ownerOf(bus, KWIN);
      if (kwin === null) throw new Error('KWin does not run now');
      let window: ActiveWindow | null = null;
      bus.serve((call) => {
        // Every program on the bus can call us.
        if (call.sender !== kwin || call.path !== REPORT.path || call.member !== REPORT.member) return null;
        window = readReport(call.body[0]);
        return Message.newMethodReturn(call, '', []);
      });
      const file = join(folder, 'kwin-focus.js');
      replaceFile(file, kwinScript(bus.name));
      try {
        await load(bus, kwin, file);
        attach(() => window);
        throw await ended.promise;
      } finally {
        rmSync(file, { force: true });
        // A script that stays behind when KWin or the bus ends is replaced at the next connection.
        if (signal.aborted) await askKWin(bus, kwin, 'unloadScript', [SCRIPT]).catch(() => undefined);
      }
    },
  };
}

/** Reads a report of the script; null when it names no window, or was not made by our script. */
export function readReport(report: unknown): ActiveWindow | null {
  if (typeof report !== 'string' || report.length > MOST_REPORT) return null;
  try {
    const window = WINDOW.parse(JSON.parse(report));
    return window && windowOf(window.title, [window.class], window.pid);
  } catch {
    return null;
  }
}

/** Loads the script and runs it, instead of one that a killed daemon left there. @throws Error when KWin refuses */
async function load(bus: BusConnection, kwin: string, file: string): Promise<void> {
  await askKWin(bus, kwin, 'unloadScript', [SCRIPT]);
  const id = await askKWin(bus, kwin, 'loadScript', [file, SCRIPT]);
  if (typeof id !== 'number' || id < 0) throw new Error('KWin does not load the script');
  const run = (path: string): Promise<Message> =>
    bus.call(new Message({ destination: kwin, path, interface: 'org.kde.kwin.Script', member: 'run' }));
  // KWin 6 has it at the first path, 5.27 at the second.
  const running = run(`/Scripting/Script${id}`).catch(() => run(`/${id}`));
  await within(ANSWER_MS, 'running the script', running);
}

async function askKWin(
  bus: BusConnection,
  kwin: string,
  member: string,
  body: readonly string[],
): Promise<unknown> {
  const call = { destination: kwin, path: '/Scripting', interface: 'org.kde.kwin.Scripting', member };
  const message = new Message({ ...call, signature: 's'.repeat(body.length), body: [...body] });
  return (await within(ANSWER_MS, member, bus.call(message))).body[0];
}

async function openBus(
  env: NodeJS.ProcessEnv,
  onSignal: (signal: Message) => void,
): Promise<{ bus: BusConnection } & Disposable> {
  const address = busAddress(env);
  if (address === null) throw new Error('there is no D-Bus session bus');
  const bus = await connectBus(address, ANSWER_MS, onSignal);
  return { bus, [Symbol.dispose]: () => bus.disconnect() };
}
