import { createSession } from './app-server/transport.ts';
import { identifyCodex, tooOld } from './binary.ts';
import type { CodexSession } from './codex.ts';
import type { SessionOptions } from './session-options.ts';
import { createTerminalSession } from './terminal-transport/transport.ts';

/** `[codex] transport`. */
export type Transport = 'auto' | 'app-server' | 'terminal';

/**
 * A session by the transport that is wanted; `auto`: through an app-server, or by the terminal alone where the
 * installed Codex is too old for that. What else is wrong with Codex is told when the session starts.
 */
export async function createCodexSession(
  options: SessionOptions & { transport: Transport },
): Promise<CodexSession> {
  const { transport, command, env, logger } = options;
  if (transport === 'terminal') return createTerminalSession(options);
  if (transport === 'app-server') return createSession(options);
  try {
    const old = await tooOld(await identifyCodex(command, env), env);
    if (!old) return createSession(options);
    logger.warn({ reason: old.message }, 'this Codex is used by its terminal alone');
    return createTerminalSession(options);
  } catch (error) {
    logger.debug({ err: error }, 'Codex cannot be looked at; its session will say why');
    return createSession(options);
  }
}
