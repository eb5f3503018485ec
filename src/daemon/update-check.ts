import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Notice } from '../facts.ts';
import type { Settings } from '../settings/schema.ts';
import type { UpdateMemory } from '../update/memory.ts';
import { update } from '../wording/notices.ts';

/** What `codex-voice update --check --json` prints. */
export interface UpdateReport {
  current: string;
  latest: string;
  newer: boolean;
  /** `codex-voice update`, or the command of the package manager that installed the program. */
  command: string;
  /** The program can replace itself. */
  own: boolean;
}

export interface UpdateCheckOptions {
  settings: () => Settings['update'];
  /** Nothing is being said or worked on. */
  idle: () => boolean;
  /** Asks the release host. @throws Error when that cannot be done */
  look: (signal: AbortSignal) => Promise<UpdateReport>;
  /** Updates; resolves when it has failed, for after a success this process is another one. @throws Error with the reason */
  install: (signal: AbortSignal) => Promise<void>;
  announce: (notice: Notice) => void;
  memory: UpdateMemory;
  /** That runs. */
  version: string;
  signal: AbortSignal;
  logger: Logger;
  /** ms since 1970; default Date.now. */
  now?: () => number;
  /** From 0 to 1; default Math.random. */
  random?: () => number;
  /** How often the clock is looked at, ms; default a minute. */
  tickMs?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** From when to when, ms. The spread keeps the daemons of the world from asking at the same moment. */
const FIRST = [10 * MINUTE, 40 * MINUTE] as const;
const NEXT = [20 * HOUR, 28 * HOUR] as const;
const AFTER_FAILURE = [1 * HOUR, 3 * HOUR] as const;

/**
 * Looks for a new version about once a day, for as long as the daemon runs, and tells or installs as the settings say;
 * never while something is being said or worked on. Never rejects.
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
      if (!signal.aborted) logger.warn({ err: error }, 'the look for a new version failed');
    }
  }
}

/** Also right when the clock was set back: what is due later than it can ever be is made due anew. */
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
  // Before the look: whatever becomes of it, this minute's is the only one.
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

/** Says once what became of an update that nobody watched. */
function tellOutcome({ memory, announce, version }: UpdateCheckOptions): void {
  const { outcome } = memory.read();
  if (outcome === null || outcome.told) return;
  memory.change({ outcome: { ...outcome, told: true } });
  announce(update.outcome(outcome, version));
}

function within([from, to]: readonly [number, number], random: () => number): number {
  return Math.round(from + (to - from) * random());
}
