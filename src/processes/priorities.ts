import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getPriority } from 'node:os';
import type { Logger } from 'pino';
import { openFirst, type PassedOver } from '../drivers.ts';
import {
  NICE,
  type PriorityDriver,
  type PriorityDriverName,
  type PriorityState,
  type Role,
} from './priority.ts';
import { Rtkit } from './rtkit.ts';
import { raiseSession, schedulingGroup } from './scheduling-group.ts';
import { SetPriority, setPriorities } from './set-priority.ts';

/** Published by Node when child_process has started a program (verified with Node 24.21). */
const STARTED = 'tracing:child_process.spawn:end';

/**
 * The nice value that this program started with, and so the value for its children. After execve it may still have a
 * raised priority: then it is 0.
 */
const ORDINARY_NICE = Math.max(0, niceOf(process.pid) ?? 0);

interface PrioritiesOptions {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** In order of preference. Default: setpriority, rtkit. */
  drivers?: readonly PriorityDriver[];
}

/** The drivers of this system, in order of preference: first the one that needs no other program. */
export function priorityDrivers(env: NodeJS.ProcessEnv): PriorityDriver[] {
  return [new SetPriority(), new Rtkit({ env })];
}

/**
 * Raises the priority of the processes that listen to the user, as far as the system allows. Nothing here fails:
 * without priority the program works as before, and `state` says why. Close it once, at the end.
 */
export class Priorities {
  readonly #logger: Logger;
  readonly #drivers: readonly PriorityDriver[];
  #passedOver: PassedOver<PriorityDriverName>[] = [];
  #driver: PriorityDriver | null = null;
  #engine: number | null = null;
  #started: Promise<void> = Promise.resolve();

  constructor({ env, logger, drivers }: PrioritiesOptions) {
    this.#logger = logger;
    this.#drivers = drivers ?? priorityDrivers(env);
  }

  get state(): PriorityState {
    return {
      nice: niceOf(process.pid) ?? 0,
      driver: this.#driver?.name ?? null,
      engine: this.#engine === null ? null : niceOf(this.#engine),
      group: schedulingGroup(process.pid),
      passed_over: this.#passedOver.map(({ name, reason }) => ({ driver: name, reason })),
    };
  }

  /** Raises this process through the first driver that works. Resolves when that is decided; never rejects. */
  start(): Promise<void> {
    this.#started = this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const { opened, passedOver } = await openFirst(this.#drivers, (driver) => this.#raise(driver));
    this.#driver = opened;
    this.#passedOver = passedOver;
    for (const driver of this.#drivers) if (driver !== opened) driver.close();
    if (!opened) this.#logger.info({ passedOver }, 'ordinary priority');
  }

  /** Raises a child process. Call it when the process is ready, because its threads must exist. */
  async give(pid: number, role: Role): Promise<void> {
    if (role === 'engine') this.#engine = pid;
    await this.#started;
    const driver = this.#driver;
    if (driver === null) return;
    try {
      const nice = await driver.raise(pid, NICE[role]);
      if (driver.inherited) raiseSession(pid, NICE[role]);
      this.#logger.debug({ pid, role, nice }, 'priority was given');
    } catch (error) {
      // It may have ended meanwhile.
      this.#logger.debug({ err: error, pid, role }, 'no priority for a process');
    }
  }

  close(): void {
    unsubscribe(STARTED, ordinary);
    for (const driver of this.#drivers) driver.close();
  }

  async #raise(driver: PriorityDriver): Promise<PriorityDriver> {
    const nice = await driver.raise(process.pid, NICE.daemon);
    if (driver.inherited) {
      subscribe(STARTED, ordinary);
      raiseSession(process.pid, NICE.daemon);
    }
    this.#logger.info({ driver: driver.name, nice }, 'high priority');
    return driver;
  }
}

/** Resets a child that inherited the daemon's priority, before it does much. */
function ordinary(message: unknown): void {
  const child = (message as { process: { pid?: number } }).process;
  // Node sets its process id right after this call.
  queueMicrotask(() => {
    if (child.pid !== undefined) beOrdinary(child.pid);
  });
}

/** Resets a process that may have inherited a higher priority. Does nothing when it has ended. */
export function beOrdinary(pid: number): void {
  if ((niceOf(pid) ?? 0) >= 0) return;
  try {
    setPriorities(pid, ORDINARY_NICE);
  } catch {
    // It has ended already.
  }
}

/** null: there is no such process. */
function niceOf(pid: number): number | null {
  try {
    return getPriority(pid);
  } catch {
    return null;
  }
}
