import type { Logger } from 'pino';

export interface DaemonOptions {
  env: NodeJS.ProcessEnv;
  /** Where Codex works when the settings name no folder. */
  workingDirectory: string;
  /** Also log to stderr. */
  foreground: boolean;
  /** Ends it in good order. */
  stop: AbortSignal;
  /** A service manager started it: what `env` lacks of the person's desktop is looked for. */
  service?: boolean;
  /** Called once it takes prompts. */
  onReady?: (logger: Logger) => Promise<void>;
  /** Called when an error that nothing caught ends the process; the log is complete. */
  onFatal?: () => void;
}

/** Why a daemon has ended: it was told to, or to begin anew with the program that is installed now. */
export type DaemonEnd = 'stopped' | 'restart';
