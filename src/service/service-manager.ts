import type { Driver } from '../drivers.ts';

/** Service managers, in order of preference. */
type ServiceManagerName = 'systemd' | 'autostart' | 'launchd' | 'task-scheduler';

/** A command line: the program by its absolute path, and its arguments. */
export interface ServiceCommand {
  command: string;
  args: readonly string[];
}

/** The state of the service. */
export interface ServiceState {
  manager: ServiceManagerName;
  /** The definition: a file, or the name of a task. */
  definition: string;
  installed: boolean;
  /** Starts with the desktop. */
  enabled: boolean;
  /** A daemon of this service is up and ready. */
  running: boolean;
  pid: number | null;
  /** ISO 8601; since when it runs. */
  since: string | null;
  /** Why it does not run although it should, in the manager's words; null: nothing is wrong. */
  failure: string | null;
}

/** One way in which a desktop starts a program when a user signs in, and keeps it running. */
export interface ServiceManager extends Driver<ServiceManagerName> {
  /** The definition: a file, or the name of a task. */
  readonly definition: string;
  /** True when the service is defined here. Avoids running a program if a file shows it. */
  installed(): Promise<boolean>;
  /** Defines the service, or replaces its definition, and lets it start with the desktop. @throws VoiceError service-failed */
  install(command: ServiceCommand): Promise<void>;
  /** Ends it and takes the definition away. @throws VoiceError service-failed */
  uninstall(): Promise<void>;
  /** Why it should not be started before the next desktop session; null, or no method: it may be started now. */
  startsLater?(): Promise<string | null>;
  /** Starts it. If the manager waits for readiness, it is ready afterwards. @throws VoiceError service-failed */
  start(): Promise<void>;
  /** Ends it in good order. @throws VoiceError service-failed */
  stop(): Promise<void>;
  state(): Promise<ServiceState>;
  /** The last lines that the manager itself recorded, oldest first; no method where it records nothing. */
  lastWords?(lines: number): Promise<string[]>;
}

/** Access to the running daemon. */
export interface DaemonProbe {
  /** null: none runs. */
  status(): Promise<{ pid: number; uptime_s: number } | null>;
  /** Ends it in good order; nothing happens where none runs. @throws VoiceError daemon-failed */
  stop(): Promise<void>;
}

/** The surroundings of a driver. */
export interface ServiceContext {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** The user's id; -1 on Windows. */
  uid: number;
  run: RunProgram;
  daemon: DaemonProbe;
}

/** How a program ended. */
export interface ProgramResult {
  /** Exit status; 127 when the program does not exist, null when a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs another program to its end; never rejects. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  timeoutMs?: number,
) => Promise<ProgramResult>;
