import { Message, MessageType } from '@jellybrick/dbus-next';
import { callBus, connectTo } from '../support/session-bus.ts';

const name = 'org.freedesktop.Notifications';

/** Flags of RequestName (D-Bus specification 0.42). */
const [ALLOW_REPLACEMENT, REPLACE_EXISTING] = [1, 2];

/** A program that owns the name of the notification server and does only what a test tells it to. */
export interface FakeServer extends AsyncDisposable {
  /** Notify calls, in order. */
  readonly calls: Message[];
  /** How often it was asked what it can do. */
  readonly asked: number;
  /** Answers a Notify call with an id. */
  answer(call: Message | undefined, id: number): void;
  /** Sends a signal, to everybody. */
  emit(member: string, signature: string, body: unknown[]): void;
  stop(): Promise<void>;
}

/**
 * @param introduces does it say what it can do? A server that hangs does not
 * @param replaces does it take the name of another? That one must let it: `replaceable`
 */
export async function startFakeServer(
  address: string,
  { introduces = true, capabilities = ['actions', 'body'], replaceable = false, replaces = false } = {},
): Promise<FakeServer> {
  const bus = await connectTo(address);
  const calls: Message[] = [];
  let asked = 0;
  bus.addMethodHandler((message) => {
    if (message.type !== MessageType.METHOD_CALL || message.interface !== name) return false;
    if (message.member === 'GetCapabilities') asked += 1;
    if (message.member === 'Notify') calls.push(message);
    else if (!introduces) return true;
    else if (message.member === 'GetCapabilities')
      bus.send(Message.newMethodReturn(message, 'as', [capabilities]));
    else if (message.member === 'GetServerInformation')
      bus.send(Message.newMethodReturn(message, 'ssss', ['fake', 'test', '1', '1.2']));
    else bus.send(Message.newMethodReturn(message));
    return true;
  });
  await callBus(bus, 'org.freedesktop.DBus.RequestName', 'su', [
    name,
    (replaceable ? ALLOW_REPLACEMENT : 0) | (replaces ? REPLACE_EXISTING : 0),
  ]);
  const stop = async () => bus.disconnect();
  return {
    calls,
    get asked() {
      return asked;
    },
    answer: (call, id) => {
      if (!call) throw new Error('there was no such call');
      bus.send(Message.newMethodReturn(call, 'u', [id]));
    },
    emit: (member, signature, body) => {
      bus.send(Message.newSignal('/org/freedesktop/Notifications', name, member, signature, body));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
