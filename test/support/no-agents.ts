import { AgentProcesses } from '../../src/peers/agents.ts';

/** For parts in the test's own process, whose control socket nobody has. */
export const noAgents = {
  agents: new AgentProcesses({ find: () => null }),
  trusts: (): boolean => true,
  program: { reload: () => false, restart: () => false, stop: () => undefined },
};
