import { VoiceError } from '../errors.ts';
import { findCodex } from './binary.ts';
import type { CodexSession } from './codex.ts';
import { createSession } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { createTerminalSession } from './terminal-transport/session.ts';

/** `[codex] transport`. */
export type Transport = 'auto' | 'app-server' | 'terminal';

/**
 * A session by the transport that is wanted; `auto`: through an app-server, or by the terminal alone where the
 * installed Codex is too old for that. What else is wrong with Codex is told when the session starts.
 */
export async function createCodexSession(
  options: SessionOptions & { transport: Transport },
): Promise<CodexSession> {
  const { transport, logger } = options;
  if (transport === 'terminal') return createTerminalSession(options);
  if (transport === 'app-server') return createSession(options);
  try {
    await findCodex(options.command, options.env, logger);
  } catch (error) {
    if (error instanceof VoiceError && error.code === 'codex-version') {
      logger.warn({ reason: error.message }, 'this Codex is used by its terminal alone');
      return createTerminalSession(options);
    }
  }
  return createSession(options);
}
