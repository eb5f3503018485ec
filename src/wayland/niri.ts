import { z } from 'zod';
import { linesOf, openSocket } from './lines.ts';

const REPLY = z.union([z.object({ Ok: z.unknown() }), z.object({ Err: z.string() })]);

/**
 * Sends a request, as `niri msg` does, and returns the answer. By the documentation of niri-ipc 25.11.
 * @throws Error when niri refuses, or there is no answer
 */
export async function askNiri(path: string, request: unknown, signal: AbortSignal): Promise<unknown> {
  using socket = await openSocket(path, signal);
  socket.write(`${JSON.stringify(request)}\n`);
  const reply = REPLY.parse(JSON.parse((await linesOf(socket).next()).value ?? ''));
  if ('Err' in reply) throw new Error(`niri refuses: ${reply.Err}`);
  return reply.Ok;
}

/** Subscribes to niri's events, and yields them. The stream begins with the state. */
export async function* niriEvents(path: string, signal: AbortSignal): AsyncGenerator<unknown, void> {
  using socket = await openSocket(path, signal);
  socket.write('"EventStream"\n');
  const lines = linesOf(socket);
  REPLY.options[0].parse(JSON.parse((await lines.next()).value ?? ''));
  for await (const line of lines) yield JSON.parse(line);
}
