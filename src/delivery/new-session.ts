import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Agent } from '../agent/agent.ts';
import type { Project } from '../agent/project.ts';
import type { AgentSession } from '../agent/session.ts';
import type { AgentProcesses } from '../peers/agents.ts';
import type { Settings } from '../settings/schema.ts';
import type { StateFile } from '../settings/state.ts';

export interface SessionParts {
  /** The agent of the sessions. */
  agent: Agent;
  env: NodeJS.ProcessEnv;
  /** Parent of the sessions' private folders. */
  folder: string;
  /** Gets the processes of Codex that are started. */
  agents: AgentProcesses;
  state: StateFile;
  logger: Logger;
}

/** Creates a project's session, which continues its last conversation. */
export function newSession(
  project: Project,
  { transport, command }: Settings['codex'],
  { agent, env, folder, agents, state, logger }: SessionParts,
): Promise<AgentSession> {
  const resume = state.thread(project.directory);
  return agent.session({
    project,
    transport,
    command,
    env: agents.environment(env),
    started: (pid) => agents.note(pid),
    socketFolder: join(folder, shortName(project.directory)),
    ...(resume === null ? {} : { resume }),
    logger: logger.child({ project: project.name }),
  });
}

/** A short name for the folder of a socket, because a socket's path must be short. */
function shortName(directory: string): string {
  return createHash('sha256').update(directory).digest('hex').slice(0, 12);
}
