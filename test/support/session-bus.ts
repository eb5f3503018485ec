import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Message, type MessageBus, sessionBus } from '@jellybrick/dbus-next';
import { run, startProcess, type TestProcess, temporaryFolder, waitFor } from './process.ts';

/** A private session bus of the real dbus-daemon. */
export interface TestSessionBus extends AsyncDisposable {
  readonly address: string;
  /** What a program needs in its environment to find it. */
  readonly env: { DBUS_SESSION_BUS_ADDRESS: string };
  /** Waits until somebody owns the name. */
  waitForName(name: string): Promise<void>;
  /** Kills the daemon as a crash would: the socket file stays behind. */
  kill(): Promise<void>;
  /** Kills it when it runs, and starts another one on the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a bus that knows no service files: a name is owned only when a test starts its owner, so "there is no
 * notification server" is true even where one is installed.
 */
export async function startSessionBus(): Promise<TestSessionBus> {
  const folder = await temporaryFolder('codex-voice-bus-');
  const socket = join(folder.path, 'bus');
  const address = `unix:path=${socket}`;
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  const config = join(folder.path, 'session.conf');
  await writeFile(config, configuration(address));
  let daemon: TestProcess | undefined;

  const start = async () => {
    await rm(socket, { force: true });
    const started = await startProcess('dbus-daemon', [
      `--config-file=${config}`,
      '--nofork',
      '--nopidfile',
      '--print-address=1',
    ]);
    daemon = started;
    await waitFor('dbus-daemon to listen', () => {
      if (!started.running) throw new Error(`dbus-daemon ended: ${started.stderr()}`);
      return started.stdout().includes('\n');
    });
  };
  const kill = async () => {
    daemon?.kill('SIGKILL');
    await daemon?.exited;
  };
  const stop = async () => {
    await daemon?.stop();
    await folder.remove();
  };
  await start();
  return {
    address,
    env,
    kill,
    stop,
    async restart() {
      await kill();
      await start();
    },
    async waitForName(name) {
      await waitFor(`an owner of ${name}`, () => hasOwner(env, name));
    },
    [Symbol.asyncDispose]: stop,
  };
}

function configuration(address: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

async function hasOwner(env: { DBUS_SESSION_BUS_ADDRESS: string }, name: string): Promise<boolean> {
  const target = [
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
  ];
  const answer = await run('dbus-send', ['--session', '--print-reply', ...target, `string:${name}`], {
    env: { ...process.env, ...env },
  });
  return answer.includes('boolean true');
}

/** Connects to a bus; resolves when it has given us a name. Call `disconnect()` on the result. */
export async function connectTo(address: string): Promise<MessageBus> {
  const bus = sessionBus({ busAddress: address });
  await new Promise<void>((resolve, reject) => {
    bus.once('connect', resolve);
    // 'error' is emitted but not declared in dbus-next 0.11.3
    (bus as NodeJS.EventEmitter).on('error', reject);
  });
  return bus;
}

/** Calls a method of the bus itself, given with its interface (`org.freedesktop.DBus.RequestName`). */
export function callBus(
  bus: MessageBus,
  method: string,
  signature: string,
  body: unknown[],
  to = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' },
) {
  const dot = method.lastIndexOf('.');
  return bus.call(
    new Message({
      ...to,
      interface: method.slice(0, dot),
      member: method.slice(dot + 1),
      signature,
      body,
    }),
  );
}
