import type { Agent } from '../agent/agent.ts';
import { codex } from '../codex/agent.ts';

/** The coding agent that gets the prompts. */
export const agent: Agent = codex;
