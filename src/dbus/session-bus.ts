import type { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Message, type MessageBus, MessageType, sessionBus } from '@jellybrick/dbus-next';
import { messageOf } from '../errors.ts';

/** An open connection to the D-Bus session bus. */
export interface BusConnection {
  /** Its unique name on the bus, such as `:1.42`. */
  readonly name: string;
  /** Resolves with the reason when the connection ends. */
  readonly closed: Promise<string>;
  /** Calls a method and waits for its reply, without a limit (see `within`). Rejects when the connection ends. */
  call(message: Message): Promise<Message>;
  /** Sends a signal. It is lost if the connection has ended. */
  send(message: Message): void;
  /** Answers incoming calls. `answer` returns null for a call that it does not handle; a promise never rejects. */
  serve(answer: (call: Message) => Message | Promise<Message> | null): void;
  disconnect(): void;
}

/** An operation took too long. */
export class TimeoutError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took more than ${ms} ms`);
    this.name = 'TimeoutError';
  }
}

/** Resolves as the promise does, or rejects with a TimeoutError after `ms`. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TimeoutError(what, ms)), ms);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** Address of the session bus: from the environment, else the usual socket; null when there is none. */
export function busAddress(env: NodeJS.ProcessEnv): string | null {
  if (env.DBUS_SESSION_BUS_ADDRESS) return env.DBUS_SESSION_BUS_ADDRESS;
  if (!env.XDG_RUNTIME_DIR) return null;
  const socket = join(env.XDG_RUNTIME_DIR, 'bus');
  return existsSync(socket) ? `unix:path=${socket}` : null;
}

/** The private connection of dbus-next 0.11.3. dbus-next neither reports the end of its stream nor destroys it. */
interface PrivateConnection extends EventEmitter {
  stream?: Duplex;
}

/**
 * Connects to the bus.
 * @param timeout ms
 * @param onSignal called for each signal; must not throw
 * @throws Error when the bus cannot be reached in time
 */
export async function connectBus(
  address: string,
  timeout: number,
  onSignal: (signal: Message) => void,
): Promise<BusConnection> {
  const bus = sessionBus({ busAddress: address });
  const connection = Reflect.get(bus, '_connection') as PrivateConnection;
  const closed = closedOf(bus, connection);
  const waiting = new Set<(reason: Error) => void>();
  void closed.then((reason) => {
    for (const reject of waiting) reject(new Error(reason));
  });
  /** dbus-next never settles open calls when the bus ends. */
  const whileOpen = async <T>(answer: Promise<T>): Promise<T> => {
    const { promise: over, reject } = Promise.withResolvers<never>();
    waiting.add(reject);
    try {
      return await Promise.race([answer, over]);
    } finally {
      waiting.delete(reject);
    }
  };
  const disconnect = () => {
    bus.disconnect();
    connection.stream?.destroy();
  };
  const connected = new Promise<void>((resolve) => bus.once('connect', resolve));
  try {
    await within(timeout, 'connecting to the session bus', whileOpen(connected));
  } catch (error) {
    disconnect();
    throw error;
  }
  bus.on('message', (message) => {
    if (message.type === MessageType.SIGNAL) onSignal(message);
  });
  return {
    name: bus.name ?? '',
    closed,
    disconnect,
    send: (message) => {
      if (connection.stream?.writable) bus.send(message);
    },
    serve: (answer) =>
      bus.addMethodHandler((message) => {
        const reply = message.type === MessageType.METHOD_CALL ? answer(message) : null;
        if (reply instanceof Promise) void reply.then((later) => bus.send(later));
        else if (reply) bus.send(reply);
        return reply !== null;
      }),
    call: async (message) => {
      const answer = await whileOpen(bus.call(message));
      if (!answer) throw new Error(`no answer to ${message.member} was asked for`);
      return answer;
    },
  };
}

function closedOf(bus: MessageBus, connection: PrivateConnection): Promise<string> {
  return new Promise((resolve) => {
    // Emitted, but not declared in 0.11.3. The listener stays, because an 'error' event without one is thrown.
    const errors: EventEmitter = bus;
    errors.on('error', (error: unknown) => resolve(messageOf(error)));
    connection.on('end', () => resolve('the session bus closed the connection'));
    connection.on('connect', () =>
      connection.stream?.once('close', () => resolve('the connection was closed')),
    );
  });
}
