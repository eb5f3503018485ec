import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Results } from '../control/results.ts';
import type { DaemonStatus } from '../control/status.ts';
import { type ErrorCode, type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import type { Paths } from '../files/paths.ts';
import type { LoadedSettings } from '../settings/load.ts';
import type { Settings } from '../settings/schema.ts';

/** The daemon as it is found; `silent`: something listens on its socket but does not answer as it should. */
export type DaemonView =
  | { state: 'running'; status: DaemonStatus; settings: Results['config'] }
  | { state: 'missing' | 'silent'; error: unknown };

/** Result of a check, as `doctor --json` prints it. */
export interface CheckResult {
  name: string;
  state: 'ok' | 'warning' | 'failed';
  /** The evidence, with a figure, or the problem. May have several lines. */
  detail: string;
  code?: ErrorCode;
  /** What to do. */
  hint?: string;
}

/** A result whose check has not been named yet. */
export type Finding = Omit<CheckResult, 'name'>;

/** The surroundings of a check. */
export interface CheckContext {
  env: NodeJS.ProcessEnv;
  paths: Paths;
  /** Codex's folder when the settings name none. */
  workingDirectory: string;
  /** The settings from config.toml, or the error. */
  loaded: LoadedSettings | { error: unknown };
  /** The settings that the checks use: those of the file, else those of the daemon, else the defaults. */
  settings: Settings;
  daemon: DaemonView;
  logger: Logger;
}

/** Proves one part. It changes no files of the user and leaves nothing running. */
export interface Check {
  name: string;
  /** The code of a failure that has no other code: it took too long, or threw something unexpected. */
  code: ErrorCode;
  limitMs: number;
  /** `signal` aborts when its time is over. @throws VoiceError, which makes a failed result */
  run(context: CheckContext, signal: AbortSignal): Promise<Finding>;
}

/** Time for a check to clean up after its time limit, ms. */
const GRACE_MS = 5_000;

export function ok(detail: string): Finding {
  return { state: 'ok', detail };
}

/** A problem that the user should know of, although everything else works. */
export function warning({ code, message, hint }: ErrorReport): Finding {
  return { state: 'warning', detail: message, code, hint };
}

export function failed({ code, message, hint }: ErrorReport): Finding {
  return { state: 'failed', detail: message, code, hint };
}

/** Runs a check within its time limit; never rejects. @param stop ends it early */
export async function runCheck(check: Check, context: CheckContext, stop: AbortSignal): Promise<CheckResult> {
  const { name, limitMs } = check;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooLate(check)), limitMs);
  const signal = AbortSignal.any([stop, limit.signal]);
  const running = check.run(context, signal);
  try {
    return { name, ...(await Promise.race([running, aborted(signal)])) };
  } catch (error) {
    context.logger.debug({ err: error, check: name }, 'a check failed');
    if (signal.aborted) await ended(running);
    return { name, ...failed(reportOfCheck(error, check)) };
  } finally {
    clearTimeout(timer);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Waits until the check has ended, or hangs beyond help. */
async function ended(running: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const late = delay(GRACE_MS, undefined, { signal: patience.signal });
  await Promise.allSettled([Promise.race([running, late])]);
  patience.abort();
  await Promise.allSettled([late]);
}

function reportOfCheck(error: unknown, { code }: Check): ErrorReport {
  if (error instanceof VoiceError) return reportOf(error);
  const hint = 'Run `CODEX_VOICE_LOG=debug codex-voice doctor` for details.';
  return { code, message: reportOf(error).message, hint };
}

function tooLate({ code, limitMs }: Check): VoiceError {
  const hint = 'Run `CODEX_VOICE_LOG=debug codex-voice doctor` to see where it hangs.';
  return new VoiceError(code, `The check took more than ${limitMs / 1_000} s.`, hint);
}
