import { pino } from 'pino';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { useSystemNetwork } from '../download/network.ts';
import { VoiceError } from '../errors.ts';
import { findInstallation, type Installation, updatedElsewhere } from '../update/installed.ts';
import { lookForRelease } from '../update/look.ts';
import type { UpdateStep } from '../update/options.ts';
import type { Channel } from '../update/release.ts';
import { type ReleaseAge, releaseAge, staleWarning } from '../update/staleness.ts';
import { update as updateProgram } from '../update/update.ts';
import type { UpdateReport } from '../update/update-check.ts';
import { type JsonOption, print, printJson } from './output.ts';
import { ownUpdate } from './own-update.ts';

interface UpdateVerbOptions extends JsonOption {
  check?: boolean;
  channel?: string;
  /** The daemon runs it in the background. */
  background?: boolean;
}

/** How long a background update waits for an idle daemon, ms. */
const PATIENCE_MS = 60 * 60_000;

/** Replaces the program by the newest release, or only says what that is. */
export async function update(options: UpdateVerbOptions): Promise<void> {
  const { env } = process;
  const channel = await channelOf(options.channel, env);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const)
    process.on(signal, () => stop.abort(interrupted()));
  const own = { ...ownUpdate(env, pino({ level: 'silent' })), channel, signal: stop.signal };
  const installation = await findInstallation(own);
  useSystemNetwork(env);
  if (options.check) {
    const { version: latest, newer } = await lookForRelease(own);
    const age = releaseAge(own.memory.read(), channel);
    const command = updateCommand(installation);
    const report = {
      current: own.version,
      latest,
      newer,
      channel,
      date: age.date,
      stale: age.stale,
      ...command,
    };
    if (options.json) return printJson(report);
    print(describe(report));
    return warnIfStale(age);
  }
  if (installation.kind !== 'file') throw updatedElsewhere(installation);
  const progress = new Progress(!options.json && !options.background);
  const result = await updateProgram({
    ...own,
    onStep: (step) => progress.step(step),
    onProgress: (bytes, all) => progress.bytes(bytes, all),
    ...(options.background ? { idleMs: PATIENCE_MS, watched: false } : {}),
  });
  if (options.json) printJson(result);
  else if (result.state === 'current') {
    print(`codex-voice ${result.from} is the newest version.`);
    warnIfStale(releaseAge(own.memory.read(), channel));
  } else print(`codex-voice was updated from ${result.from} to ${result.to}.`);
}

/** The answer itself is on stdout. */
function warnIfStale(age: ReleaseAge): void {
  const stale = staleWarning(age);
  if (stale !== null) process.stderr.write(`Warning: ${stale.message} ${stale.hint}\n`);
}

/** The command line takes precedence. Settings with errors do not prevent an update. */
async function channelOf(option: string | undefined, env: NodeJS.ProcessEnv): Promise<Channel> {
  if (option === 'stable' || option === 'beta') return option;
  if (option !== undefined) throw new VoiceError('usage', `There is no channel "${option}".`, 'stable, beta');
  try {
    return (await loadUserSettings(env)).settings.update.channel;
  } catch (error) {
    if (!(error instanceof VoiceError)) throw error;
    return 'stable'; // `config check` reports what is wrong; a beta is never installed unasked.
  }
}

function updateCommand(installation: Installation): Pick<UpdateReport, 'command' | 'own'> {
  return installation.kind === 'file'
    ? { command: 'codex-voice update', own: true }
    : { command: installation.command, own: false };
}

function describe({ current, latest, newer, command }: UpdateReport): string {
  return newer
    ? `codex-voice ${latest} is available; you have ${current}. To install it: ${command}`
    : `codex-voice ${current} is the newest version.`;
}

/** Reports progress on stderr, if it is a terminal. */
class Progress {
  readonly #shown: boolean;
  #percent = -1;

  constructor(shown: boolean) {
    this.#shown = shown && process.stderr.isTTY;
  }

  step(step: UpdateStep): void {
    const words = WORDS[step];
    if (!this.#shown || words === undefined) return;
    if (this.#percent >= 0) process.stderr.write('\n');
    this.#percent = -1;
    process.stderr.write(`${words}\n`);
  }

  bytes(bytes: number, all: number): void {
    const percent = Math.floor((100 * bytes) / all);
    if (!this.#shown || percent === this.#percent) return;
    this.#percent = percent;
    process.stderr.write(`\r${percent} % of ${Math.ceil(all / 1e6)} MB`);
  }
}

const WORDS: Partial<Record<UpdateStep, string>> = {
  found: 'downloading',
  unpacking: 'unpacking',
  unpacked: 'trying the new version',
  waiting: 'waiting until nothing is being said or answered',
  switched: 'restarting',
};

function interrupted(): VoiceError {
  const hint = 'Nothing was changed. The download is kept for the next time.';
  return new VoiceError('update-running', 'The update was interrupted.', hint);
}
