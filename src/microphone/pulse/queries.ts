import {
  Command,
  GetServerInfo,
  GetSourceSinkInfo,
  GetSourceSinkInfoList,
  PA_COMMAND,
} from 'pulseaudio.js/dist/command.js';
import { z } from 'zod';
import { type PulseConnection, PulseRefusal } from './connection.ts';
import type { CardProfile, SoundCard, SoundSource, SoundWorld } from './sound-world.ts';

/** PA_VOLUME_NORM of pulse/volume.h. */
const FULL_VOLUME = 0x10000;
/** PA_INVALID_INDEX of pulse/def.h. */
const NO_INDEX = 0xffff_ffff;
/** PA_PORT_AVAILABLE_NO and _YES of pulse/def.h. */
const PLUGGED: Record<number, boolean> = { 1: false, 2: true };

const SOURCE = z.object({
  index: z.number(),
  name: z.string(),
  description: z.string().nullable(),
  channelMap: z.array(z.number()).min(1),
  volume: z.object({ current: z.array(z.number()) }),
  mute: z.boolean(),
  monitor: z.object({ index: z.number() }),
  card: z.number(),
  ports: z.array(z.object({ name: z.string(), description: z.string().nullable(), available: z.number() })),
  activePort: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
});

const ALSA = z.object({ alsa: z.object({ card: z.coerce.number().int() }) });

/** Asks what the server has. @throws Error when the connection ends */
export async function readWorld(connection: PulseConnection): Promise<SoundWorld> {
  const info = new GetServerInfo();
  const list = new GetSourceSinkInfoList(PA_COMMAND.GET_SOURCE_INFO_LIST);
  const cards = new Command(PA_COMMAND.GET_CARD_INFO_LIST);
  const sink = new GetSourceSinkInfo(PA_COMMAND.GET_SINK_INFO, '@DEFAULT_SINK@');
  const [server, sources, allCards, sinkCard] = await Promise.all([
    connection.request(info, (reply) => info.processResponse(reply)),
    connection.request(list, (reply) => z.array(SOURCE).parse(list.processResponse(reply))),
    connection.request(cards, readCards),
    connection.request(sink, (reply) => SOURCE.parse(sink.processResponse(reply)).card).catch(ignoreRefusal),
  ]);
  return {
    server: `${server.name} ${server.version}`,
    defaultSource: server.defaultSource || null,
    defaultSinkCard: sinkCard === null || sinkCard === NO_INDEX ? null : sinkCard,
    sources: sources.map(toSource),
    cards: allCards,
  };
}

/** Chooses a profile of a card. @throws PulseRefusal */
export async function setProfile(connection: PulseConnection, card: number, profile: string): Promise<void> {
  const command = new Command(PA_COMMAND.SET_CARD_PROFILE);
  command.addUInt32(card);
  command.addString(null);
  command.addString(profile);
  await connection.request(command, () => undefined);
}

/** A server without a sink refuses to describe it. */
function ignoreRefusal(error: unknown): null {
  if (error instanceof PulseRefusal) return null;
  throw error;
}

function toSource(source: z.infer<typeof SOURCE>): SoundSource {
  const port = source.ports.find(({ name }) => name === source.activePort);
  const alsa = ALSA.safeParse(source.properties);
  return {
    index: source.index,
    name: source.name,
    description: source.description || source.name,
    channelMap: source.channelMap,
    monitor: source.monitor.index !== NO_INDEX,
    muted: source.mute,
    volume: Math.max(0, ...source.volume.current) / FULL_VOLUME,
    card: source.card === NO_INDEX ? null : source.card,
    alsaCard: alsa.success ? alsa.data.alsa.card : null,
    port: port
      ? { description: port.description || port.name, plugged: PLUGGED[port.available] ?? null }
      : null,
  };
}

/** The cards of a reply in protocol 32 (pulsecore/protocol-native.c, card_fill_tagstruct of 16.1). */
function readCards(reply: Command): SoundCard[] {
  const cards: SoundCard[] = [];
  while (reply.i < reply.body.length) cards.push(readCard(reply));
  return cards;
}

function readCard(reply: Command): SoundCard {
  const index = reply.getUInt32();
  const name = reply.getString() ?? '';
  reply.getUInt32(); // its module
  const driver = reply.getString() ?? '';
  const profiles = Array.from({ length: reply.getUInt32() }, () => readProfile(reply));
  const active = reply.getString();
  const properties = flat(reply.getProps());
  const ports = reply.getUInt32();
  for (let port = 0; port < ports; port++) skipPort(reply);
  return {
    index,
    name,
    description: properties['device.description'] ?? name,
    bluetooth:
      properties['device.api'] === 'bluez5' || /bluez/.test(driver) || name.startsWith('bluez_card.'),
    active,
    profiles,
  };
}

function readProfile(reply: Command): CardProfile {
  const name = reply.getString() ?? '';
  const description = reply.getString() || name;
  reply.getUInt32(); // sinks
  const sources = reply.getUInt32();
  const priority = reply.getUInt32();
  return { name, description, sources, priority, available: reply.getUInt32() !== 0 };
}

function skipPort(reply: Command): void {
  reply.getString();
  reply.getString();
  reply.getUInt32(); // priority
  reply.getUInt32(); // available
  reply.getUInt8(); // direction
  reply.getProps();
  const profiles = reply.getUInt32();
  for (let profile = 0; profile < profiles; profile++) reply.getString();
  reply.getSInt64(); // latency
}

interface Properties {
  [key: string]: string | Properties;
}

/** The properties under their full names: `pulseaudio.js` makes a tree of the dots. */
function flat(properties: Properties, prefix = ''): Record<string, string> {
  const entries = Object.entries(properties).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key.replace(/^@/, '')}`, value] as const]
      : Object.entries(flat(value, `${prefix}${key}.`)),
  );
  return Object.fromEntries(entries);
}
