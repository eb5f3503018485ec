import type { Agent } from '../agent/agent.ts';
import { identifyCodex, NEWEST_VERIFIED, VERIFIED_VERSION } from './binary.ts';
import { checkCodex } from './check.ts';
import { createCodexSession } from './create-session.ts';
import { endOrphans } from './orphans.ts';

/** The Codex CLI. Other folders import only this file of codex/. */
export const codex: Agent = {
  verified: [VERIFIED_VERSION, NEWEST_VERIFIED],
  program: identifyCodex,
  async check({ command, transport, env, logger }) {
    const { path, version, readyMs } = await checkCodex(command, env, logger, transport);
    const proved =
      readyMs === null
        ? 'used through its terminal only, with fewer features'
        : `the app-server answered after ${Math.round(readyMs)} ms, signed in`;
    return { path, version, proved };
  },
  session: createCodexSession,
  endOrphans,
};
