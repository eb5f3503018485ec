import type { Logger } from 'pino';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { pathsOf } from '../files/paths.ts';
import { parseSettings } from '../settings/load.ts';
import { SETTINGS, type Settings } from '../settings/schema.ts';
import { type Check, type CheckContext, type CheckResult, type DaemonView, runCheck } from './check.ts';
import { CODEX_CHECKS } from './codex-checks.ts';
import { lookAtDaemon } from './daemon.ts';
import { checkPress } from './press.ts';
import { PROGRAM_CHECKS } from './program-checks.ts';
import { VOICE_CHECKS } from './voice-checks.ts';
import { checkWhisperLoads } from './whisper.ts';

/** Every check, in the order in which a spoken word meets the parts. */
const CHECKS: readonly Check[] = [...PROGRAM_CHECKS, ...VOICE_CHECKS, ...CODEX_CHECKS];

/** Fast checks without desktop, microphone and Codex: whether this program works on this machine at all. */
const QUICK_CHECKS: readonly Check[] = [
  ...CHECKS.filter(({ name }) => ['program', 'settings', 'state', 'detector'].includes(name)),
  { name: 'whisper', code: 'engine-failed', limitMs: 30_000, run: checkWhisperLoads },
];

interface ChecksOptions {
  env: NodeJS.ProcessEnv;
  /** Codex's folder when the settings name none. */
  workingDirectory: string;
  /** Ends the check under way and begins no other. */
  stop: AbortSignal;
  /** Only what needs nothing but this program. */
  quick?: boolean;
  logger: Logger;
}

/** Runs one check after the other, so that none disturbs another's figures. */
export async function* runChecks(options: ChecksOptions): AsyncGenerator<CheckResult, void, undefined> {
  const context = await openContext(options);
  for (const check of options.quick ? QUICK_CHECKS : CHECKS) {
    const result = await runCheck(check, context, options.stop);
    if (options.stop.aborted) return;
    yield result;
  }
}

/**
 * Waits for a press of the hotkey; it takes some seconds of the user's time and so is no part of runChecks().
 * @param ask shows the request to press the key
 */
export async function awaitPress(
  options: ChecksOptions,
  ask: (request: string) => void,
): Promise<CheckResult> {
  const check: Check = {
    name: 'press',
    code: 'hotkey-unavailable',
    limitMs: 30_000,
    run: (context, signal) => checkPress(context, ask, signal),
  };
  return runCheck(check, await openContext(options), options.stop);
}

async function openContext({ env, workingDirectory, logger }: ChecksOptions): Promise<CheckContext> {
  const paths = pathsOf(env);
  const daemon = await lookAtDaemon(paths.controlSocket);
  const loaded = await loadUserSettings(env).catch((error: unknown) => ({ error }));
  const settings = 'error' in loaded ? otherSettings(paths.config, daemon) : loaded.settings;
  return { env, paths, workingDirectory, loaded, settings, daemon, logger };
}

/** The settings in force while config.toml has errors: a daemon keeps its last valid ones. */
function otherSettings(file: string, daemon: DaemonView): Settings {
  const known = daemon.state === 'running' ? SETTINGS.safeParse(daemon.settings.settings) : null;
  // A daemon of another version may have other settings.
  return known?.data ?? parseSettings('', file).settings;
}
