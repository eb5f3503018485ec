import { Message, MessageType, type Variant } from '@jellybrick/dbus-next';
import { callBus, connectTo, type TestSessionBus } from './session-bus.ts';

/** A bubble as Plasma would draw it. */
export interface PlasmaBubble {
  id: number;
  summary: string;
  body: string;
  /** Key -> label, with the one of the field for a text. */
  actions: Record<string, string>;
  hints: Record<string, unknown>;
}

/**
 * The notification server of Plasma 5.27 without its windows, on a real bus: what it answers and signals, as
 * server_p.cpp of plasma-workspace does. It signals a reply to its sender alone, and refuses what is as the one before.
 */
export interface PlasmaServer extends AsyncDisposable {
  /** On the screen or in its list, the newest last. */
  bubbles(): PlasmaBubble[];
  /** Types a text into the field of a bubble and sends it, which closes the bubble. */
  reply(id: number, text: string): void;
  /** Presses a button. */
  press(id: number, key: string): void;
  stop(): Promise<void>;
}

const NAME = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';

const EXCESS = 'org.freedesktop.Notifications.Error.ExcessNotificationGeneration';

const CAPABILITIES = [
  'body',
  'body-hyperlinks',
  'body-markup',
  'body-images',
  'icon-static',
  'actions',
  'persistence',
  'inline-reply',
  'x-kde-urls',
  'x-kde-origin-name',
  'x-kde-display-appname',
  'inhibitions',
];

/** Of the specification: the person closed it, or a call did. */
const REVOKED = 3;

type NotifyBody = [
  app: string,
  replaces: number,
  icon: string,
  summary: string,
  body: string,
  actions: string[],
  hints: Record<string, Variant>,
  timeout: number,
];

export async function startPlasmaServer(session: TestSessionBus): Promise<PlasmaServer> {
  const bus = await connectTo(session.address);
  const shown = new Map<number, PlasmaBubble>();
  let highest = 0;
  /** Who sent notifications last. */
  let client = '';
  let latest = { content: '', at: Number.NEGATIVE_INFINITY };

  const signal = (member: string, signature: string, body: unknown[], destination?: string): void => {
    const message = Message.newSignal(PATH, NAME, member, signature, body);
    bus.send(Object.assign(message, destination === undefined ? {} : { destination }));
  };
  /** What was sent last, within a second, with the same words and buttons. */
  const repeats = ([app, , , summary, body, actions]: NotifyBody): boolean => {
    const now = { content: JSON.stringify([app, summary, body, actions]), at: performance.now() };
    if (now.content === latest.content && now.at - latest.at < 1_000) return true;
    latest = now;
    return false;
  };
  /** It says so of what is gone already, too. */
  const close = (id: number): void => {
    shown.delete(id);
    signal('NotificationClosed', 'uu', [id, REVOKED]);
  };
  const show = ([, replaces, , summary, body, actions, hints]: NotifyBody): number => {
    if (replaces === 0) highest += 1;
    const id = replaces || highest;
    const pairs = actions.flatMap((key, at) => (at % 2 === 0 ? [[key, actions[at + 1] ?? '']] : []));
    const plain = Object.entries(hints).map(([key, { value }]) => [key, value]);
    shown.delete(id);
    shown.set(id, {
      id,
      summary,
      body,
      actions: Object.fromEntries(pairs),
      hints: Object.fromEntries(plain),
    });
    return id;
  };
  /** What a button does to its bubble. */
  const used = (id: number): void => {
    if (shown.get(id)?.hints.resident !== true) close(id);
  };
  const answers: Record<string, (call: Message) => [signature: string, body: unknown[]]> = {
    GetCapabilities: () => ['as', [CAPABILITIES]],
    GetServerInformation: () => ['ssss', ['Plasma', 'KDE', '5.27.5', '1.2']],
    Notify: ({ body }) => ['u', [show(body as NotifyBody)]],
    CloseNotification: ({ body: [id] }) => {
      close(Number(id));
      return ['', []];
    },
  };
  bus.addMethodHandler((call) => {
    if (call.type !== MessageType.METHOD_CALL || call.interface !== NAME) return false;
    const answer = answers[call.member];
    if (!answer) return false;
    if (call.member === 'Notify') {
      client = call.sender;
      if (repeats(call.body as NotifyBody)) {
        bus.send(
          Message.newError(call, EXCESS, 'Created too many similar notifications in quick succession'),
        );
        return true;
      }
    }
    bus.send(Message.newMethodReturn(call, ...answer(call)));
    return true;
  });
  await callBus(bus, 'org.freedesktop.DBus.RequestName', 'su', [NAME, 4]); // 4: not in a queue
  await session.waitForName(NAME);
  const stop = async (): Promise<void> => bus.disconnect();
  return {
    bubbles: () => [...shown.values()],
    reply(id, text) {
      signal('NotificationReplied', 'us', [id, text], client);
      used(id);
    },
    press(id, key) {
      signal('ActivationToken', 'us', [id, `kwin-${id}`]);
      signal('ActionInvoked', 'us', [id, key]);
      used(id);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
