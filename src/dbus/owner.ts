import { Message } from '@jellybrick/dbus-next';
import type { BusConnection } from './session-bus.ts';

const BUS = 'org.freedesktop.DBus';

/** A name has another owner. Owners are unique names of connections; empty: there is none. */
export interface OwnerChange {
  name: string;
  before: string;
  owner: string;
}

/** Calls a method of the bus itself, and returns the values of its answer. Rejects when the bus refuses. */
export async function askBus(
  bus: BusConnection,
  member: string,
  signature = '',
  body: unknown[] = [],
): Promise<unknown[]> {
  const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member };
  return (await bus.call(new Message({ ...call, signature, body }))).body;
}

/** True when a connection owns the name. Starts nothing. */
export async function hasOwner(bus: BusConnection, name: string): Promise<boolean> {
  return (await askBus(bus, 'NameHasOwner', 's', [name]))[0] === true;
}

/** Returns the unique name of the connection that owns a name; null when there is none. Starts nothing. */
export async function ownerOf(bus: BusConnection, name: string): Promise<string | null> {
  if (!(await hasOwner(bus, name))) return null;
  return String((await askBus(bus, 'GetNameOwner', 's', [name]))[0]);
}

/** Returns the id of the process that owns a name. Rejects when there is none. */
export async function processOf(bus: BusConnection, name: string): Promise<number> {
  return Number((await askBus(bus, 'GetConnectionUnixProcessID', 's', [name]))[0]);
}

/** Makes the bus deliver the signals that match a rule. */
export async function watchSignals(bus: BusConnection, rule: string): Promise<void> {
  await askBus(bus, 'AddMatch', 's', [rule]);
}

/**
 * Makes the bus report when a name gets another owner, or loses it: `ownerChange` reads the signal.
 * @param argument `arg0namespace` for all names below this one
 */
export function watchOwner(
  bus: BusConnection,
  name: string,
  argument: 'arg0' | 'arg0namespace' = 'arg0',
): Promise<void> {
  return watchSignals(bus, `type='signal',sender='${BUS}',member='NameOwnerChanged',${argument}='${name}'`);
}

/** Owns a name as soon as no other connection does. Rejects when the bus refuses it. */
export async function requestName(bus: BusConnection, name: string): Promise<void> {
  await askBus(bus, 'RequestName', 'su', [name, 0]);
}

/** Reads a signal of the bus about an owner; null: it is another signal. */
export function ownerChange({ sender, interface: from, member, body }: Message): OwnerChange | null {
  if (sender !== BUS || from !== BUS || member !== 'NameOwnerChanged') return null;
  const [name = '', before = '', owner = ''] = body.map(String);
  return { name, before, owner };
}

export function isOwnerChange(signal: Message, name: string): boolean {
  return ownerChange(signal)?.name === name;
}
