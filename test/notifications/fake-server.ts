import { Message, MessageType } from '@jellybrick/dbus-next';
import { callBus, connectTo } from '../support/session-bus.ts';

const name = 'org.freedesktop.Notifications';

/** A program that owns the name of the notification server and does only what a test tells it to. */
export interface FakeServer extends AsyncDisposable {
  /** Notify calls, in order. */
  readonly calls: Message[];
  /** Answers a Notify call with an id. */
  answer(call: Message | undefined, id: number): void;
  /** Sends a signal, to everybody. */
  emit(member: string, signature: string, body: unknown[]): void;
  stop(): Promise<void>;
}

/** @param introduces does it say what it can do? A server that hangs does not. */
export async function startFakeServer(
  address: string,
  { introduces = true, capabilities = ['actions', 'body'] } = {},
): Promise<FakeServer> {
  const bus = await connectTo(address);
  const calls: Message[] = [];
  bus.addMethodHandler((message) => {
    if (message.type !== MessageType.METHOD_CALL || message.interface !== name) return false;
    if (message.member === 'Notify') calls.push(message);
    else if (!introduces) return true;
    else if (message.member === 'GetCapabilities')
      bus.send(Message.newMethodReturn(message, 'as', [capabilities]));
    else if (message.member === 'GetServerInformation')
      bus.send(Message.newMethodReturn(message, 'ssss', ['fake', 'test', '1', '1.2']));
    else bus.send(Message.newMethodReturn(message));
    return true;
  });
  await callBus(bus, 'org.freedesktop.DBus.RequestName', 'su', [name, 0]);
  const stop = async () => bus.disconnect();
  return {
    calls,
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
