import type { Logger } from 'pino';
import type { AgentSession, SessionOptions } from './session.ts';

/** `[codex] transport`: how sessions hear of what the agent does. An agent with one way ignores it. */
export type TransportChoice = 'auto' | 'app-server' | 'terminal';

/** The installed program of an agent. */
export interface AgentProgram {
  path: string;
  /** e.g. 0.169.0 */
  version: string;
}

interface AgentCheck extends AgentProgram {
  /** What was proved beside the program, as a phrase. */
  proved: string;
}

interface AgentOptions {
  /** A name in PATH or a path. */
  command: string;
  transport: TransportChoice;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** A coding agent that works in terminals, with which prompts are shared: what an adapter supplies (docs/agents.md). */
export interface Agent {
  /** The versions with which the adapter was tested. */
  readonly verified: readonly string[];
  /** Finds the program. @throws VoiceError codex-missing, codex-version */
  program(command: string, env: NodeJS.ProcessEnv): Promise<AgentProgram>;
  /**
   * Proves what a session needs, without a session, and leaves nothing behind.
   * @throws VoiceError codex-missing, codex-version, codex-down, codex-signed-out
   */
  check(options: AgentOptions): Promise<AgentCheck>;
  /** Creates a session, not started. What is wrong with the agent is reported when it starts. */
  session(options: SessionOptions & { transport: TransportChoice }): Promise<AgentSession>;
  /**
   * Ends all that a killed daemon left running. Called once, before the first session.
   * @param folder holds the private folders of all sessions
   */
  endOrphans(folder: string, logger: Logger): Promise<void>;
}
