import type { Logger } from 'pino';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { pathsOf } from '../files/paths.ts';
import { parseSettings } from '../settings/load.ts';
import { SETTINGS, type Settings } from '../settings/schema.ts';
import type { DaemonView } from './check.ts';
import { type Check, type CheckContext, type CheckResult, runCheck } from './check.ts';
import { checkDaemon, lookAtDaemon } from './daemon.ts';
import { checkDetector } from './detector.ts';
import { checkEndpoint } from './endpoint.ts';
import { checkFocus } from './focus.ts';
import { checkHotkey } from './hotkey.ts';
import { checkMicrophone } from './microphone.ts';
import { checkNotifications } from './notifications.ts';
import { checkPriority } from './priority.ts';
import { checkProgram } from './program.ts';
import { checkProject } from './project.ts';
import { checkRuntime } from './runtime.ts';
import { checkServer } from './server.ts';
import { checkSettings } from './settings.ts';
import { checkSounds } from './sounds.ts';
import { checkState } from './state.ts';
import { checkTray } from './tray.ts';
import { checkUpdates } from './updates.ts';
import { checkVoice } from './voice.ts';
import { checkWhisper, checkWhisperLoads } from './whisper.ts';

/** Every check, in the order in which a spoken word meets the parts. */
const CHECKS: readonly Check[] = [
  { name: 'program', code: 'program-damaged', limitMs: 30_000, run: checkProgram },
  { name: 'settings', code: 'config-invalid', limitMs: 5_000, run: checkSettings },
  { name: 'state', code: 'state-unwritable', limitMs: 10_000, run: checkState },
  { name: 'runtime', code: 'state-unwritable', limitMs: 5_000, run: checkRuntime },
  { name: 'daemon', code: 'daemon-failed', limitMs: 5_000, run: checkDaemon },
  {
    name: 'priority',
    code: 'priority-refused',
    limitMs: 15_000,
    run: (context) => checkPriority(context),
  },
  { name: 'hotkey', code: 'hotkey-unavailable', limitMs: 10_000, run: checkHotkey },
  // Each of the six recorders may be silent for a second before the next one is tried.
  { name: 'microphone', code: 'microphone-failed', limitMs: 15_000, run: checkMicrophone },
  { name: 'sounds', code: 'internal', limitMs: 5_000, run: checkSounds },
  { name: 'voice', code: 'voice-missing', limitMs: 5_000, run: checkVoice },
  { name: 'detector', code: 'detector-failed', limitMs: 20_000, run: checkDetector },
  { name: 'endpoint', code: 'detector-failed', limitMs: 20_000, run: checkEndpoint },
  { name: 'whisper', code: 'engine-failed', limitMs: 90_000, run: checkWhisper },
  // A server may take as long as timeout_seconds allows.
  { name: 'server', code: 'engine-failed', limitMs: 130_000, run: checkServer },
  { name: 'project', code: 'directory-missing', limitMs: 5_000, run: checkProject },
  { name: 'focus', code: 'internal', limitMs: 20_000, run: checkFocus },
  {
    name: 'codex',
    code: 'codex-down',
    limitMs: 60_000,
    // With Codex comes a native module, without which the other checks must run.
    run: async (context) => (await import('./codex.ts')).checkCodexParts(context),
  },
  { name: 'notifications', code: 'notifications-unavailable', limitMs: 15_000, run: checkNotifications },
  { name: 'tray', code: 'internal', limitMs: 15_000, run: checkTray },
  { name: 'updates', code: 'update-unreachable', limitMs: 5_000, run: checkUpdates },
];

/** Fast checks without desktop, microphone and Codex: whether this program works on this machine at all. */
const QUICK_CHECKS: readonly Check[] = [
  ...CHECKS.filter(({ name }) => ['program', 'settings', 'state', 'detector'].includes(name)),
  { name: 'whisper', code: 'engine-failed', limitMs: 30_000, run: checkWhisperLoads },
];

export interface ChecksOptions {
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
