import { Message, type MessageBus, MessageType, Variant } from '@jellybrick/dbus-next';
import { callBus, connectTo } from './session-bus.ts';

const NAME = 'org.freedesktop.RealtimeKit1';

/** Answers as rtkit 0.13 does, and only notes what it would grant. */
export class FakeRtkit {
  readonly asked: [pid: bigint, thread: bigint, nice: number][] = [];
  /** So many threads are granted before it has enough of this user. */
  most = Number.POSITIVE_INFINITY;
  minNice = -15;
  readonly #bus: MessageBus;

  private constructor(bus: MessageBus) {
    this.#bus = bus;
    bus.addMethodHandler((call) => {
      if (call.type !== MessageType.METHOD_CALL || call.path !== '/org/freedesktop/RealtimeKit1')
        return false;
      bus.send(this.#answer(call));
      return true;
    });
  }

  static async start(address: string): Promise<FakeRtkit> {
    const bus = await connectTo(address);
    await callBus(bus, 'org.freedesktop.DBus.RequestName', 'su', [NAME, 0]);
    return new FakeRtkit(bus);
  }

  stop(): void {
    this.#bus.disconnect();
  }

  #answer(call: Message): Message {
    if (call.member === 'Get' && call.body[1] === 'MinNiceLevel') {
      return Message.newMethodReturn(call, 'v', [new Variant('i', this.minNice)]);
    }
    if (call.member === 'MakeThreadHighPriorityWithPID' && call.signature === 'tti') {
      if (this.asked.length >= this.most) {
        return Message.newError(call, 'org.freedesktop.DBus.Error.LimitsExceeded', 'Device or resource busy');
      }
      this.asked.push(call.body as [bigint, bigint, number]);
      return Message.newMethodReturn(call, '', []);
    }
    return Message.newError(call, 'org.freedesktop.DBus.Error.UnknownMethod', String(call.member));
  }
}
