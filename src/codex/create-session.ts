import type { TransportChoice } from '../agent/agent.ts';
import type { AgentSession, SessionOptions } from '../agent/session.ts';
import { AppServerTransport } from './app-server/transport.ts';
import { identifyCodex, tooOld } from './binary.ts';
import { CodexSession } from './session.ts';
import { TerminalTransport } from './terminal-transport/transport.ts';

/**
 * Creates a session with the requested transport. `auto` uses an app-server, or only the terminal if the installed
 * Codex is too old. Other problems with Codex are reported when the session starts.
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
    logger.warn({ reason: old.message }, 'only the terminal of this Codex is used');
    return terminalSession(options);
  } catch (error) {
    logger.debug({ err: error }, 'Codex could not be checked; its session will report why');
    return appServerSession(options);
  }
}

/** Creates a session through an app-server, without starting it. */
export function appServerSession(options: SessionOptions): AgentSession {
  return new CodexSession(options, (place) => new AppServerTransport(place));
}

/** Creates a session that uses only the terminal, without starting it. */
export function terminalSession(options: SessionOptions): AgentSession {
  return new CodexSession(options, (place) => new TerminalTransport(place));
}
