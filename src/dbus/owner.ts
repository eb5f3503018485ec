import { Message } from '@jellybrick/dbus-next';
import type { BusConnection } from './session-bus.ts';

const BUS = 'org.freedesktop.DBus';

/** Returns the unique name of the connection that owns a name; null when there is none. Starts nothing. */
export async function ownerOf(bus: BusConnection, name: string): Promise<string | null> {
  if ((await ask(bus, 'NameHasOwner', name)) !== true) return null;
  return String(await ask(bus, 'GetNameOwner', name));
}

/** Makes the bus report when a name gets another owner, or loses it: `isOwnerChange` recognizes the signal. */
export async function watchOwner(bus: BusConnection, name: string): Promise<void> {
  await ask(bus, 'AddMatch', `type='signal',sender='${BUS}',member='NameOwnerChanged',arg0='${name}'`);
}

/** Owns a name as soon as no other connection does. Rejects when the bus refuses it. */
export async function requestName(bus: BusConnection, name: string): Promise<void> {
  const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'RequestName' };
  await bus.call(new Message({ ...call, signature: 'su', body: [name, 0] }));
}

export function isOwnerChange({ sender, member, body }: Message, name: string): boolean {
  return sender === BUS && member === 'NameOwnerChanged' && body[0] === name;
}

async function ask(bus: BusConnection, member: string, argument: string): Promise<unknown> {
  const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member };
  return (await bus.call(new Message({ ...call, signature: 's', body: [argument] }))).body[0];
}
