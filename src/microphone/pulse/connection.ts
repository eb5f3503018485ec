import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Auth, Command, PA_COMMAND, SetClientName, Subscribe } from 'pulseaudio.js/dist/command.js';
import type { PulseAddress } from './address.ts';

/** Bytes of the descriptor before each packet (pulsecore/pstream.c). */
const DESCRIPTOR = 20;
/** The channel of packets that are commands and no sound. */
const COMMANDS = 0xffff_ffff;
/** FRAME_SIZE_MAX_ALLOW of pulsecore/pstream.c, 16 MiB: more is no PulseAudio. */
const MOST_BYTES = 16 * 1_024 * 1_024;
/** The protocol that is spoken: PulseAudio 10 (2017) and later, and PipeWire. */
const PROTOCOL = 32;

/** PA_SUBSCRIPTION_MASK_SOURCE, _SERVER and _CARD of pulse/def.h. */
const CHANGES = 0x002 | 0x080 | 0x200;

/** The reasons of the server (pulse/def.h) that get their own message. */
const REASONS: Record<number, string> = {
  1: 'it denied access: the cookie does not match',
  3: 'it refused the request as invalid',
  5: 'there is no such source',
  6: 'it refused the connection',
  7: 'it broke the protocol',
  9: 'it wants a cookie and there is none',
  15: 'it is in the wrong state',
  17: 'its protocol is too old',
  26: 'the device is busy',
};

/** An error of the server: `code` is PA_ERR_* of pulse/def.h. */
export class PulseRefusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(REASONS[code] ?? `it answered with error ${code}`);
    this.code = code;
  }
}

/** Gets what belongs to one record stream; no call may throw. */
interface StreamListener {
  /** Whole frames, in the order of their arrival. */
  onSound(bytes: Buffer): void;
  /** The server, or the user in a mixer, moved the stream to another source. */
  onMoved(source: number): void;
  onSuspended(suspended: boolean): void;
  /** Its source is gone, or the stream was killed. */
  onKilled(): void;
}

interface Request {
  resolve: (reply: Command) => void;
  reject: (reason: Error) => void;
}

/**
 * A connection to a sound server in PulseAudio's native protocol, with the packets of `pulseaudio.js`. Its client
 * (1.3.4) is not used, because it drops sound that arrives together with the reply that creates a stream, leaves
 * rejections unhandled when the server dies, and cannot select events.
 */
export class PulseConnection {
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<Error>;
  readonly #socket: Socket;
  readonly #requests = new Map<number, Request>();
  readonly #end: (reason: Error) => void;
  readonly #streams = new Map<number, StreamListener>();
  #onChange: () => void = () => undefined;
  #reason: Error | null = null;
  #received: Buffer = Buffer.alloc(0);

  /**
   * Connects and introduces itself.
   * @param cookie 256 bytes
   * @throws Error no server, PulseRefusal, the signal's reason
   */
  static async open(address: PulseAddress, cookie: Buffer, signal: AbortSignal): Promise<PulseConnection> {
    signal.throwIfAborted();
    const socket = connect(address);
    const connection = new PulseConnection(socket);
    const stop = () => connection.#end(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([
        once(socket, 'connect'),
        connection.closed.then((reason) => Promise.reject(reason)),
      ]);
      await connection.#introduce(cookie);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.closed = promise;
    this.#end = (reason) => {
      if (this.#reason !== null) return;
      this.#reason = reason;
      socket.destroy();
      for (const { reject } of this.#requests.values()) reject(reason);
      this.#requests.clear();
      resolve(reason);
    };
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.once('error', (error) => this.#end(error));
    socket.once('close', () => this.#end(new Error('the sound server closed the connection')));
  }

  get ended(): boolean {
    return this.#reason !== null;
  }

  /** Subscribes to changes of sources, cards and defaults. */
  async subscribe(onChange: () => void): Promise<void> {
    this.#onChange = onChange;
    await this.request(new Subscribe(CHANGES), () => undefined);
  }

  /** Sets who is given the sound of a channel, from the next packet on. */
  attach(channel: number, listener: StreamListener): void {
    this.#streams.set(channel, listener);
  }

  detach(channel: number): void {
    this.#streams.delete(channel);
  }

  /**
   * Sends a request.
   * @param read takes what it needs from the reply before anything that comes after it is read
   * @throws PulseRefusal, or the reason why the connection ended
   */
  request<T>(command: Command, read: (reply: Command) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#reason !== null) {
        reject(this.#reason);
        return;
      }
      this.#requests.set(command.tag, {
        resolve: (reply) => {
          try {
            resolve(read(reply));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        reject,
      });
      this.#socket.write(Buffer.concat(command.finalize()));
    });
  }

  close(): void {
    this.#end(new Error('the connection was closed'));
  }

  async #introduce(cookie: Buffer): Promise<void> {
    const auth = new Auth(cookie, PROTOCOL);
    const protocol = await this.request(auth, (reply) => auth.processResponse(reply));
    if (protocol < PROTOCOL) throw new Error(`its protocol ${protocol} is older than PulseAudio 10`);
    const application = {
      name: 'codex-voice',
      id: 'codex-voice',
      icon_name: 'audio-input-microphone',
      process: { id: String(process.pid), binary: 'codex-voice' },
    };
    await this.request(new SetClientName({ application }), () => undefined);
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    try {
      while (this.#received.length >= DESCRIPTOR && this.#reason === null) {
        const length = this.#received.readUInt32BE(0);
        if (length > MOST_BYTES) throw new Error('what answers is no sound server');
        if (this.#received.length < DESCRIPTOR + length) return;
        const channel = this.#received.readUInt32BE(4);
        const body = this.#received.subarray(DESCRIPTOR, DESCRIPTOR + length);
        this.#received = this.#received.subarray(DESCRIPTOR + length);
        if (channel === COMMANDS) this.#take(new Command(body));
        else this.#streams.get(channel)?.onSound(body);
      }
    } catch (error) {
      this.#end(new Error('what the sound server sent cannot be read', { cause: error }));
    }
  }

  #take(packet: Command): void {
    const command: number = packet.type;
    if (command !== PA_COMMAND.REPLY && command !== PA_COMMAND.ERROR) {
      this.#onEvent(command, packet);
      return;
    }
    const request = this.#requests.get(packet.tag);
    this.#requests.delete(packet.tag);
    if (command === PA_COMMAND.REPLY) request?.resolve(packet);
    else request?.reject(new PulseRefusal(packet.getUInt32()));
  }

  #onEvent(command: number, packet: Command): void {
    if (command === PA_COMMAND.SUBSCRIBE_EVENT) {
      this.#onChange();
      return;
    }
    const stream = this.#streams.get(packet.getUInt32());
    if (command === PA_COMMAND.RECORD_STREAM_MOVED) stream?.onMoved(packet.getUInt32());
    else if (command === PA_COMMAND.RECORD_STREAM_SUSPENDED) stream?.onSuspended(packet.getBool());
    else if (command === PA_COMMAND.RECORD_STREAM_KILLED) stream?.onKilled();
  }
}
