import { Message, MessageType, Variant } from '@jellybrick/dbus-next';
import { callBus, connectTo } from './session-bus.ts';

/** One Notify call as it went over the bus. */
export interface SentNotification {
  app: string;
  /** 0: a new one. */
  replaces: number;
  icon: string;
  summary: string;
  body: string;
  /** Key and label in turn, as they are sent. */
  actions: string[];
  hints: Record<string, unknown>;
  timeout: number;
  /** The id the server returned; null until it answered. */
  id: number | null;
  /** performance.now() when the call, and its answer, were seen; ms. */
  at: number;
  answeredAt: number | null;
}

/** A signal of the notification server or a CloseNotification call. */
export interface NotificationSignal {
  member: string;
  body: unknown[];
}

/** Everything a notification server is sent and says, seen as a bus monitor sees it. */
export interface NotificationRecorder extends AsyncDisposable {
  readonly sent: SentNotification[];
  readonly signals: NotificationSignal[];
  /** Resolves when everything the bus passed on before this call is recorded. */
  caughtUp(): Promise<void>;
  stop(): void;
}

const notifications = 'org.freedesktop.Notifications';
const marker = 'test.Recorder';

/** Watches the bus with BecomeMonitor; whoever is watched cannot tell. */
export async function recordNotifications(address: string): Promise<NotificationRecorder> {
  const bus = await connectTo(address);
  const sender = await connectTo(address);
  const waiting: (() => void)[] = [];
  const sent: SentNotification[] = [];
  const signals: NotificationSignal[] = [];
  const open = new Map<string, SentNotification>();
  bus.addMethodHandler(() => true); // a monitor that answers is thrown off the bus
  bus.on('message', (message) => {
    if (message.type === MessageType.METHOD_RETURN) {
      const call = open.get(`${message.destination} ${message.replySerial}`);
      if (call) Object.assign(call, { id: message.body[0], answeredAt: performance.now() });
    } else if (message.interface === marker) {
      waiting.shift()?.();
    } else if (message.interface !== notifications) {
      return;
    } else if (message.member === 'Notify') {
      const call = notificationOf(message);
      sent.push(call);
      open.set(`${message.sender} ${message.serial}`, call);
    } else {
      signals.push({ member: message.member, body: message.body });
    }
  });
  await callBus(bus, 'org.freedesktop.DBus.Monitoring.BecomeMonitor', 'asu', [[], 0]);
  const stop = () => {
    bus.disconnect();
    sender.disconnect();
  };
  return {
    sent,
    signals,
    caughtUp: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        sender.send(Message.newSignal('/', marker, 'CaughtUp'));
      }),
    stop,
    async [Symbol.asyncDispose]() {
      stop();
    },
  };
}

function notificationOf(message: Message): SentNotification {
  const [app, replaces, icon, summary, body, actions, hints, timeout] = message.body as [
    string,
    number,
    string,
    string,
    string,
    string[],
    Record<string, unknown>,
    number,
  ];
  const plain = Object.entries(hints).map(([key, value]) => [
    key,
    value instanceof Variant ? value.value : value,
  ]);
  return {
    app,
    replaces,
    icon,
    summary,
    body,
    actions,
    hints: Object.fromEntries(plain),
    timeout,
    id: null,
    at: performance.now(),
    answeredAt: null,
  };
}
