import type { TransportChoice } from '../agent/agent.ts';
import type { AgentSession, SessionOptions } from '../agent/session.ts';
import { AppServerTransport } from './app-server/transport.ts';
import { identifyCodex, tooOld } from './binary.ts';
import { CodexSession } from './session.ts';
import { TerminalTransport } from './terminal-transport/transport.ts';

/**
 * A session by the transport that is wanted; `auto`: through an app-server, or by the terminal alone where the
 * installed Codex is too old for that. What else is wrong with Codex is told when the session starts.
 */
export async function createCodexSession(
  options: SessionOptions & { transport: TransportChoice },
): Promise<AgentSession> {
  const { transport, command, env, logger } = options;
  if (transport === 'terminal') return terminalSession(options);
  if (transport === 'app-server') return appServerSession(options);
  try {
    const old = await tooOld(await identifyCodex(command, env), env);
    if (!old) return appServerSession(options);
    logger.warn({ reason: old.message }, 'this Codex is used by its terminal alone');
    return terminalSession(options);
  } catch (error) {
    logger.debug({ err: error }, 'Codex cannot be looked at; its session will say why');
    return appServerSession(options);
  }
}

/** A session through an app-server, not started. */
export function appServerSession(options: SessionOptions): AgentSession {
  return new CodexSession(options, (place) => new AppServerTransport(place));
}

/** A session by the terminal alone, not started. */
export function terminalSession(options: SessionOptions): AgentSession {
  return new CodexSession(options, (place) => new TerminalTransport(place));
}
