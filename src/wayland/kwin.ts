import { rmSync } from 'node:fs';
import { Message } from '@jellybrick/dbus-next';
import { isOwnerChange, ownerOf, watchOwner } from '../dbus/owner.ts';
import { type BusConnection, busAddress, connectBus, within } from '../dbus/session-bus.ts';
import { messageOf } from '../errors.ts';
import { replaceFile } from '../files/private-files.ts';
import { isWayland } from './session.ts';

const KWIN = 'org.kde.KWin';
/** Time limit for an answer of KWin or the bus, ms. */
const ANSWER_MS = 5_000;

/** A call on D-Bus by which a script of ours reports to us. Its one argument is JSON. */
interface ScriptReport {
  path: string;
  interface: string;
  member: string;
}

/** Returns why KWin cannot be asked here; null when it can. */
export async function kwinUnavailable(env: NodeJS.ProcessEnv): Promise<string | null> {
  if (!isWayland(env)) return 'this is not a Wayland session';
  try {
    using _ = await KWin.open(env);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * A connection to the running KWin, which offers scripts where it has no interface. The creator disposes of it. Verified
 * with KWin 5.27 and 6.3.
 */
export class KWin implements Disposable {
  readonly #bus: BusConnection;
  readonly #owner: string;
  /** Resolves with the reason when KWin or the bus has ended. */
  readonly ended: Promise<Error>;

  private constructor(bus: BusConnection, owner: string, ended: Promise<Error>) {
    this.#bus = bus;
    this.#owner = owner;
    this.ended = ended;
  }

  /** @throws Error when KWin does not run here */
  static async open(env: NodeJS.ProcessEnv): Promise<KWin> {
    const address = busAddress(env);
    if (address === null) throw new Error('there is no D-Bus session bus');
    const { promise: ended, resolve } = Promise.withResolvers<Error>();
    const bus = await connectBus(address, ANSWER_MS, (message) => {
      if (isOwnerChange(message, KWIN)) resolve(new Error('KWin has ended'));
    });
    void bus.closed.then((reason) => resolve(new Error(reason)));
    try {
      await watchOwner(bus, KWIN);
      const owner = await ownerOf(bus, KWIN);
      if (owner === null) throw new Error('KWin does not run here');
      return new KWin(bus, owner, ended);
    } catch (error) {
      bus.disconnect();
      throw error;
    }
  }

  /** Our unique name on the bus, to which scripts report. */
  get receiver(): string {
    return this.#bus.name;
  }

  /** Sets the listener for a report of our scripts. Other programs on the bus are not heard. */
  onReport(report: ScriptReport, take: (argument: unknown) => void): void {
    this.#bus.serve((call) => {
      if (call.sender !== this.#owner || call.path !== report.path || call.member !== report.member)
        return null;
      take(call.body[0]);
      return Message.newMethodReturn(call, '', []);
    });
  }

  /**
   * Loads a script and runs it, in place of one with this name that a killed process left there. The creator disposes of
   * it, which unloads it.
   * @param file private; it exists as long as the script
   * @throws Error when KWin refuses
   */
  async run(name: string, script: string, file: string): Promise<AsyncDisposable> {
    replaceFile(file, script);
    const end = async (): Promise<void> => {
      rmSync(file, { force: true });
      // A script that stays behind when KWin or the bus ends is replaced at the next connection.
      await Promise.race([this.#ask('unloadScript', [name]).catch(() => undefined), this.ended]);
    };
    try {
      await this.#ask('unloadScript', [name]);
      const id = await this.#ask('loadScript', [file, name]);
      if (typeof id !== 'number' || id < 0) throw new Error('KWin does not load the script');
      const call = { destination: this.#owner, interface: 'org.kde.kwin.Script', member: 'run' };
      const run = (path: string): Promise<Message> => this.#bus.call(new Message({ ...call, path }));
      // KWin 6 has it at the first path, 5.27 at the second.
      const running = run(`/Scripting/Script${id}`).catch(() => run(`/${id}`));
      await within(ANSWER_MS, 'running the script', running);
      return { [Symbol.asyncDispose]: end };
    } catch (error) {
      await end();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#bus.disconnect();
  }

  async #ask(member: string, body: readonly string[]): Promise<unknown> {
    const call = {
      destination: this.#owner,
      path: '/Scripting',
      interface: 'org.kde.kwin.Scripting',
      member,
    };
    const message = new Message({ ...call, signature: 's'.repeat(body.length), body: [...body] });
    return (await within(ANSWER_MS, member, this.#bus.call(message))).body[0];
  }
}
