import type { Driver } from '../drivers.ts';

/** What starts programs with a desktop, in the order in which they are tried. */
export type ServiceManagerName = 'systemd' | 'autostart' | 'launchd' | 'task-scheduler';

/** A command line: the program by its absolute path, and its arguments. */
export interface ServiceCommand {
  command: string;
  args: readonly string[];
}

/** The state of the service. */
export interface ServiceState {
  manager: ServiceManagerName;
  /** Where it is defined: a file, or the name of a task. */
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
  /** Where the service is defined: a file, or the name of a task. */
  readonly definition: string;
  /** Is the service defined here? Quick: no program is run where a look at a file will do. */
  installed(): Promise<boolean>;
  /** Defines the service, or replaces its definition, and lets it start with the desktop. @throws VoiceError service-failed */
  install(command: ServiceCommand): Promise<void>;
  /** Ends it and takes the definition away. @throws VoiceError service-failed */
  uninstall(): Promise<void>;
  /** Why it should not be started before the next desktop session; null: it may be started now. */
  startsLater(): Promise<string | null>;
  /** Starts it. If the manager waits for readiness, it is ready afterwards. @throws VoiceError service-failed */
  start(): Promise<void>;
  /** Ends it in good order. @throws VoiceError service-failed */
  stop(): Promise<void>;
  state(): Promise<ServiceState>;
  /** The last lines that the manager itself recorded, oldest first; none where it records nothing. */
  lastWords(lines: number): Promise<string[]>;
}

/** The daemon, as anybody can ask it. */
export interface DaemonProbe {
  /** null: none runs. */
  status(): Promise<{ pid: number; uptime_s: number } | null>;
  /** Ends it in good order; nothing happens where none runs. @throws VoiceError daemon-failed */
  stop(): Promise<void>;
}

/** What every driver gets. */
export interface ServiceContext {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** The user's id; -1 where there are none (Windows). */
  uid: number;
  run: RunProgram;
  daemon: DaemonProbe;
}

/** How a program ended. */
export interface ProgramResult {
  /** Exit status; 127 when there is no such program, null when a signal ended it. */
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
