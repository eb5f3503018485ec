import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Notice } from '../facts.ts';
import type { Settings } from '../settings/schema.ts';
import { update } from '../wording/notices.ts';
import type { UpdateMemory } from './memory.ts';

/** Output of `codex-voice update --check --json`. */
export interface UpdateReport {
  current: string;
  latest: string;
  newer: boolean;
  /** `codex-voice update`, or the command of the package manager that installed the program. */
  command: string;
  /** True when the program can replace itself. */
  own: boolean;
}

export interface UpdateCheckOptions {
  settings: () => Settings['update'];
  /** True when nothing is being said or worked on. */
  idle: () => boolean;
  /** Asks the release host. @throws Error when it cannot be reached */
  look: (signal: AbortSignal) => Promise<UpdateReport>;
  /**
   * Installs the update. Resolves when there was nothing to do; after a success, this process is a different one.
   * @throws Error with the reason
   */
  install: (signal: AbortSignal) => Promise<void>;
  announce: (notice: Notice) => void;
  memory: UpdateMemory;
  /** Version of this program. */
  version: string;
  signal: AbortSignal;
  logger: Logger;
  /** ms since 1970; default Date.now. */
  now?: () => number;
  /** From 0 to 1; default Math.random. */
  random?: () => number;
  /** How often to check whether a look is due, ms. Default: a minute. */
  tickMs?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Earliest and latest time of a look, ms. The spread distributes the load on the release host. */
const FIRST = [10 * MINUTE, 40 * MINUTE] as const;
const NEXT = [20 * HOUR, 28 * HOUR] as const;
const AFTER_FAILURE = [1 * HOUR, 3 * HOUR] as const;

/**
 * Looks for a new version about once a day, and reports or installs it as the settings say, but never while something
 * is being said or worked on. Never rejects.
 */
export async function checkForUpdates(options: UpdateCheckOptions): Promise<void> {
  const { signal, logger, idle, tickMs = MINUTE } = options;
  while (!signal.aborted) {
    try {
      await delay(tickMs, undefined, { signal, ref: false });
      if (!idle()) continue;
      tellOutcome(options);
      if (options.settings().auto !== 'off' && isDue(options)) await lookOnce(options);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'the check for a new version failed');
    }
  }
}

/** Also after the clock was set back: a time too far in the future is due at once. */
function isDue({ memory, now = Date.now, random = Math.random }: UpdateCheckOptions): boolean {
  const { due, looked } = memory.read();
  const at = now();
  const setBack = (looked !== null && looked > at) || (due !== null && due - at > NEXT[1]);
  if (due !== null && !setBack) return at >= due;
  memory.change({ looked: null, due: at + within(FIRST, random) });
  return false;
}

async function lookOnce(options: UpdateCheckOptions): Promise<void> {
  const { memory, look, signal, logger, now = Date.now, random = Math.random } = options;
  const at = now();
  // Before the look, so that a failure does not repeat it in the same minute.
  memory.change({ looked: at, due: at + within(AFTER_FAILURE, random) });
  const report = await look(signal);
  memory.change({ due: at + within(NEXT, random) });
  logger.info({ latest: report.latest, newer: report.newer }, 'looked for a new version');
  if (report.newer) await onNewer(report, options);
}

async function onNewer(report: UpdateReport, options: UpdateCheckOptions): Promise<void> {
  const { settings, install, announce, memory, signal, logger } = options;
  const { outcome, told } = memory.read();
  const failedBefore = outcome?.version === report.latest && outcome.result === 'undone';
  if (settings().auto === 'install' && report.own && !failedBefore) {
    logger.info({ version: report.latest }, 'installing the new version');
    await install(signal);
  } else if (told !== report.latest) {
    memory.change({ told: report.latest });
    announce(update.available(report));
  }
}

/** Reports the result of an unattended update, once. */
function tellOutcome({ memory, announce, version }: UpdateCheckOptions): void {
  const { outcome } = memory.read();
  if (outcome === null || outcome.told) return;
  memory.change({ outcome: { ...outcome, told: true } });
  announce(update.outcome(outcome, version));
}

function within([from, to]: readonly [number, number], random: () => number): number {
  return Math.round(from + (to - from) * random());
}
