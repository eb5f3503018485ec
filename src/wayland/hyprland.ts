import { dirname, join } from 'node:path';
import { allOf, openSocket } from './lines.ts';

/** Hyprland itself gives up a client after 5 s. */
const ANSWER_MS = 5_000;

/**
 * Sends a request, as hyprctl does, and returns the answer. Hyprland stops while it answers, so the connection is open
 * only as long as that takes. By its documentation (0.40 to 0.54).
 * @param events the event socket: the request socket is beside it
 * @throws Error when there is no answer
 */
export async function askHyprland(events: string, request: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  using socket = await openSocket(join(dirname(events), '.socket.sock'), limit);
  socket.write(request);
  return await allOf(socket);
}

/**
 * Reports whether Hyprland is configured in Lua (since 0.55), which takes other requests than hyprland.conf does.
 * @param ask sends a request to Hyprland
 */
export async function speaksLua(ask: (request: string) => Promise<string>): Promise<boolean> {
  return (await ask('eval codex_voice = codex_voice')).trim() === 'ok';
}
