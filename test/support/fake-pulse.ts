import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Command, PA_COMMAND } from 'pulseaudio.js/dist/command.js';
import type { CardProfile } from '../../src/microphone/pulse/sound-world.ts';
import { temporaryFolder } from './process.ts';

/** A source of the fake server. */
export interface FakeSource {
  name: string;
  channels?: number;
  monitor?: boolean;
  muted?: boolean;
  /** 65536: unchanged */
  volume?: number;
  card?: number;
  port?: { description: string; available: 0 | 1 | 2 };
}

export interface FakeCard {
  name: string;
  description: string;
  active: string;
  profiles: CardProfile[];
  /** Sources that are there in a profile only. */
  sources?: Record<string, FakeSource[]>;
}

export interface FakeWorld {
  sources: FakeSource[];
  defaultSource: string;
  cards?: FakeCard[];
  /** Index of the card of the default sink. */
  sinkCard?: number;
}

/** How the fake server misbehaves. */
export interface FakeManners {
  /** What it answers to AUTH: an error, or its protocol. */
  auth?: { error: number } | { protocol: number };
  /** Bytes sent instead of any answer. */
  garbage?: Buffer;
  /** Sound sent in one piece with the reply that makes a stream, s16le. */
  firstSound?: Buffer;
  /** What it answers when a stream is to be made. */
  recordError?: number;
  /** Makes streams that it says are suspended, and sends no sound. */
  suspended?: boolean;
  /** Answers nothing after AUTH. */
  mute?: boolean;
}

const NOTHING = 0xffff_ffff;
const FRAGMENT_MS = 20;

/** A sound server in this process, for one client at a time, that says in PulseAudio's protocol whatever a test wants to hear. */
export class FakePulse implements AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  readonly world: FakeWorld;
  /** The profiles that were asked for, in their order. */
  readonly profiles: string[] = [];
  /** Names of the sources that were recorded; null: left to the server. */
  readonly recorded: (string | null)[] = [];
  /** Cookies that were shown. */
  readonly cookies: Buffer[] = [];
  readonly #manners: FakeManners;
  readonly #server;
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Map<number, NodeJS.Timeout>();
  readonly #remove: () => Promise<void>;
  #nextStream = 0;

  static async start(world: FakeWorld, manners: FakeManners = {}): Promise<FakePulse> {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'native');
    const fake = new FakePulse(
      world,
      manners,
      { PULSE_SERVER: `unix:${path}`, HOME: folder.path, PATH: '' },
      folder.remove,
    );
    await new Promise<void>((resolve) => fake.#server.listen(path, resolve));
    return fake;
  }

  private constructor(
    world: FakeWorld,
    manners: FakeManners,
    env: NodeJS.ProcessEnv,
    remove: () => Promise<void>,
  ) {
    this.world = world;
    this.env = env;
    this.#manners = manners;
    this.#remove = remove;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Tells the clients that something has changed. */
  changed(): void {
    const event = new Reply(PA_COMMAND.SUBSCRIBE_EVENT, NOTHING);
    event.addUInt32(0x17);
    event.addUInt32(NOTHING);
    for (const socket of this.#sockets) socket.write(event.bytes());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#streams.values()) clearInterval(timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#remove();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= 20 && received.length >= 20 + received.readUInt32BE(0)) {
        const length = received.readUInt32BE(0);
        this.#answer(new Command(received.subarray(20, 20 + length)), socket);
        received = received.subarray(20 + length);
      }
    });
  }

  #answer(request: Command, socket: Socket): void {
    const { garbage, mute } = this.#manners;
    const type: number = request.type;
    if (garbage) socket.write(garbage);
    if (garbage || (mute && type !== PA_COMMAND.AUTH)) return;
    const reply = new Reply(PA_COMMAND.REPLY, request.tag);
    const { error = null, sound = [] } = this.#fill(type, request, reply);
    const refusal = new Reply(PA_COMMAND.ERROR, request.tag);
    refusal.addUInt32(error ?? 0);
    // One write: a busy client reads the reply and the first sound together.
    socket.write(Buffer.concat([(error === null ? reply : refusal).bytes(), ...sound]));
    if (type === PA_COMMAND.SET_CARD_PROFILE) this.changed();
  }

  /** Writes the reply. @returns the error instead of it, or what comes with it */
  #fill(type: number, request: Command, reply: Reply): { error?: number; sound?: Buffer[] } {
    const { auth = { protocol: 35 } } = this.#manners;
    const { cards = [], sinkCard } = this.world;
    switch (type) {
      case PA_COMMAND.AUTH:
        request.getUInt32();
        this.cookies.push(Buffer.from(request.getArbitrary()));
        if ('error' in auth) return auth;
        reply.addUInt32(auth.protocol);
        break;
      case PA_COMMAND.SET_CLIENT_NAME:
        reply.addUInt32(1);
        break;
      case PA_COMMAND.GET_SERVER_INFO:
        this.#info(reply);
        break;
      case PA_COMMAND.GET_SOURCE_INFO_LIST:
        for (const [index, source] of this.#sources().entries()) addSource(reply, index, source);
        break;
      case PA_COMMAND.GET_SINK_INFO:
        if (sinkCard === undefined) return { error: 5 };
        addSource(reply, 0, { name: 'speakers', card: sinkCard });
        break;
      case PA_COMMAND.GET_CARD_INFO_LIST:
        for (const [index, card] of cards.entries()) addCard(reply, index, card);
        break;
      case PA_COMMAND.SET_CARD_PROFILE:
        this.#profile(request);
        break;
      case PA_COMMAND.CREATE_RECORD_STREAM:
        return this.#record(request, reply);
      case PA_COMMAND.DELETE_RECORD_STREAM:
        this.#end(request.getUInt32());
        break;
    }
    return {};
  }

  #sources(): FakeSource[] {
    const ofCards = (this.world.cards ?? []).flatMap(({ active, sources }) => sources?.[active] ?? []);
    return [...this.world.sources, ...ofCards];
  }

  #info(reply: Reply): void {
    for (const text of ['fake', '1.0', 'user', 'host']) reply.addString(text);
    reply.addSampleSpec({ format: 3, channels: 2, rate: 48_000 });
    reply.addString('speakers');
    reply.addString(this.world.defaultSource);
    reply.addUInt32(0);
    reply.addChannelMap([1, 2]);
  }

  #profile(request: Command): void {
    const card = this.world.cards?.[request.getUInt32()];
    request.getString();
    const profile = request.getString() ?? '';
    this.profiles.push(profile);
    if (card) card.active = profile;
  }

  #record(request: Command, reply: Reply): { error?: number; sound?: Buffer[] } {
    const { recordError, suspended = false, firstSound } = this.#manners;
    if (recordError !== undefined) return { error: recordError };
    const spec = request.getSampleSpec();
    request.getChannelMap();
    request.getUInt32();
    const name = request.getString();
    this.recorded.push(name);
    const sources = this.#sources();
    const source = sources.findIndex((each) => each.name === (name ?? this.world.defaultSource));
    if (source < 0) return { error: 5 };
    const channel = this.#nextStream++;
    for (const value of [channel, 7, 4_194_304, 640]) reply.addUInt32(value);
    reply.addSampleSpec(spec);
    reply.addChannelMap(Array(spec.channels).fill(0));
    reply.addUInt32(source);
    reply.addString(sources[source]?.name ?? '');
    reply.addBool(suspended);
    reply.addZero('U');
    reply.addFormatInfo(1);
    const fragment = soundOf(channel, Buffer.alloc(((FRAGMENT_MS * spec.rate) / 1_000) * spec.channels * 2));
    const play = () => {
      if (!suspended) for (const socket of this.#sockets) socket.write(fragment);
    };
    this.#streams.set(channel, setInterval(play, FRAGMENT_MS));
    return { sound: firstSound ? [soundOf(channel, firstSound)] : [] };
  }

  #end(channel: number): void {
    clearInterval(this.#streams.get(channel));
    this.#streams.delete(channel);
  }
}

/** A packet of the server. */
class Reply extends Command {
  constructor(type: number, tag: number) {
    super(Buffer.from([0x4c, 0, 0, 0, 0, 0x4c, 0, 0, 0, 0]));
    this.body = Buffer.alloc(64);
    this.i = 0;
    this.addUInt32(type);
    this.addUInt32(tag);
    this.setChannel(NOTHING);
  }

  /** A 64-bit zero. @param tag `U`: a time, `r`: a number with a sign */
  addZero(tag: 'U' | 'r'): void {
    this.alloc(9);
    this.body[this.i++] = tag.charCodeAt(0);
    this.i = this.body.writeBigUInt64BE(0n, this.i);
  }

  bytes(): Buffer {
    return Buffer.concat(this.finalize());
  }
}

function soundOf(channel: number, samples: Buffer): Buffer {
  const descriptor = Buffer.alloc(20);
  descriptor.writeUInt32BE(samples.length, 0);
  descriptor.writeUInt32BE(channel, 4);
  return Buffer.concat([descriptor, samples]);
}

function addSource(reply: Reply, index: number, source: FakeSource): void {
  const {
    name,
    channels = 1,
    monitor = false,
    muted = false,
    volume = 65_536,
    card = NOTHING,
    port,
  } = source;
  reply.addUInt32(index);
  reply.addString(name);
  reply.addString(`The ${name}`);
  reply.addSampleSpec({ format: 3, channels, rate: 48_000 });
  reply.addChannelMap(Array.from({ length: channels }, (_, position) => position));
  reply.addUInt32(NOTHING);
  reply.addCvolume(Array(channels).fill(volume));
  reply.addBool(muted);
  reply.addUInt32(monitor ? 0 : NOTHING);
  reply.addString(monitor ? 'speakers' : null);
  reply.addZero('U');
  reply.addString('fake.c');
  reply.addUInt32(0);
  reply.addProps({});
  reply.addZero('U');
  reply.addVolume(65_536);
  reply.addUInt32(0);
  reply.addUInt32(65_537);
  reply.addUInt32(card);
  reply.addUInt32(port ? 1 : 0);
  if (port) {
    reply.addString('port');
    reply.addString(port.description);
    reply.addUInt32(0);
    reply.addUInt32(port.available);
  }
  reply.addString(port ? 'port' : null);
  reply.addUInt8(0);
}

function addCard(reply: Reply, index: number, { name, description, active, profiles }: FakeCard): void {
  reply.addUInt32(index);
  reply.addString(name);
  reply.addUInt32(NOTHING);
  reply.addString('module-bluez5-device.c');
  reply.addUInt32(profiles.length);
  for (const profile of profiles) {
    reply.addString(profile.name);
    reply.addString(profile.description);
    reply.addUInt32(1);
    reply.addUInt32(profile.sources);
    reply.addUInt32(profile.priority);
    reply.addUInt32(profile.available ? 1 : 0);
  }
  reply.addString(active);
  reply.addProps({ device: { description, api: 'bluez5' } });
  reply.addUInt32(1);
  reply.addString('headset-port');
  reply.addString('Headset');
  reply.addUInt32(0);
  reply.addUInt32(2);
  reply.addUInt8(1);
  reply.addProps({});
  reply.addUInt32(1);
  reply.addString(active);
  reply.addZero('r');
}
