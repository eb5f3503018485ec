import type { Logger } from 'pino';

export interface DaemonOptions {
  env: NodeJS.ProcessEnv;
  /** Codex's folder when the settings name none. */
  workingDirectory: string;
  /** Also log to stderr. */
  foreground: boolean;
  /** Stops the daemon. */
  stop: AbortSignal;
  /** A service manager started it: it looks for the variables of the user's desktop that `env` lacks. */
  service?: boolean;
  /** Called once it accepts prompts. */
  onReady?: (logger: Logger) => Promise<void>;
  /** Called when an uncaught error ends the process; the log is complete. */
  onFatal?: () => void;
}

/** Why a daemon has ended: it was stopped, or restarts with the program that is installed now. */
export type DaemonEnd = 'stopped' | 'restart';
