import type { XConnection } from './connection.ts';

const ANY_TYPE = 0;
/** A property is read up to so many 32-bit words. */
const MOST_WORDS = 1_024;

/** Reads a text property of the root window; empty when it is not set. @throws XError, or why the connection ended */
export async function readRootProperty(connection: XConnection, name: string): Promise<string> {
  const { client, display } = connection;
  const root = display.screen[0]?.root ?? 0;
  const atom = await connection.atom(name, { create: true });
  const { data } = await connection.ask<{ data: Buffer }>((done) =>
    client.GetProperty(0, root, atom, ANY_TYPE, 0, MOST_WORDS, done),
  );
  return data.toString('utf8').replace(/\0+$/, '');
}
