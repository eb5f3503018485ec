import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { TransportChoice } from '../agent/agent.ts';
import { notAnswered } from './app-server/client-errors.ts';
import { CodexLink } from './app-server/link.ts';
import { findCodex, identifyCodex, tooOld } from './binary.ts';

const CHECK_TIMEOUT_MS = 30_000;

interface CodexCheck {
  /** Path of the program that runs. */
  path: string;
  version: string;
  /** Time from the start of the program to a signed-in app-server, ms; null: only its terminal is used. */
  readyMs: number | null;
}

/**
 * Checks the parts of Codex that a session needs, without a session: the program and its version, an app-server that
 * starts, a sign-in. Leaves nothing behind. If only its terminal is used, only the program can be checked; other
 * problems show on its screen.
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
