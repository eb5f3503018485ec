import { VoiceError } from '../errors.ts';
import { run } from '../processes/run.ts';
import { lineText } from '../text/clean.ts';

/** A fresh cache is filled at the first run; a slow disk takes its time, ms. */
const TRIAL_MS = 60_000;
const MOST_BYTES = 1024 * 1024;

interface TrialOptions {
  /** The new file. */
  file: string;
  /** The expected version. */
  version: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/**
 * Checks that the new file runs on this machine, has the expected version, and passes its own checks.
 * @throws VoiceError update-unfit; AbortError
 */
export async function tryOut({ file, version, env, signal }: TrialOptions): Promise<void> {
  const options = { env, signal, timeoutMs: TRIAL_MS, mostBytes: MOST_BYTES };
  const said = await run(file, ['version'], options);
  const name = said.stdout.toString().trim();
  if (said.status !== 0 || name !== version) throw unfit(version, name || said.words || 'it says no version');
  const doctor = await run(file, ['doctor', '--quick', '--json'], options);
  if (doctor.status !== 0) throw unfit(version, failures(doctor.stdout.toString()) || doctor.words);
}

/** `whisper: The model ...` of what `doctor --json` found wrong. */
function failures(json: string): string {
  let results: unknown;
  try {
    results = JSON.parse(json);
  } catch {
    return ''; // It died before it could say more; the caller has its stderr.
  }
  if (!Array.isArray(results)) return '';
  return results
    .filter((result) => result?.state === 'failed')
    .map(({ name, detail }) => `${name}: ${detail}`)
    .join('; ');
}

function unfit(version: string, why: string): VoiceError {
  return new VoiceError(
    'update-unfit',
    `codex-voice ${version} does not work here: ${lineText(why, 500)}`,
    'The installed version stays. Run `codex-voice doctor --quick` to see whether it has the same problem.',
  );
}
