import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { TransportChoice } from '../agent/agent.ts';
import { notAnswered } from './app-server/client-errors.ts';
import { CodexLink } from './app-server/link.ts';
import { findCodex, identifyCodex, tooOld } from './binary.ts';

const CHECK_TIMEOUT_MS = 30_000;

export interface CodexCheck {
  /** The program that runs. */
  path: string;
  version: string;
  /** From the program to a signed-in app-server, ms; null: it is used by its terminal alone. */
  readyMs: number | null;
}

/**
 * Proves the parts of Codex that a session needs, without a session: the program and its version, an app-server
 * that starts, a sign-in. Leaves nothing behind. By its terminal alone only the program can be proved: what is
 * wrong with the rest, its screen says.
 * @throws VoiceError codex-missing, codex-version, codex-down, codex-signed-out
 */
export async function checkCodex(
  command: string,
  env: NodeJS.ProcessEnv,
  logger: Logger,
  transport: TransportChoice = 'app-server',
): Promise<CodexCheck> {
  const began = performance.now();
  if (transport !== 'app-server') {
    const codex = await identifyCodex(command, env);
    if (transport === 'terminal' || (await tooOld(codex, env))) return { ...codex, readyMs: null };
  }
  const codex = await findCodex(command, env, logger);
  const folder = await mkdtemp(join(tmpdir(), 'codex-voice-'));
  try {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    const link = await CodexLink.open({ codex, socketFolder: folder, env, logger, signal }).catch(
      (error: unknown) => {
        throw signal.aborted && error === signal.reason
          ? notAnswered('a connection', CHECK_TIMEOUT_MS)
          : error;
      },
    );
    const readyMs = performance.now() - began;
    await link.close();
    return { ...codex, readyMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
