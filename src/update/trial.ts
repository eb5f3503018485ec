import { execFile } from 'node:child_process';
import { VoiceError } from '../errors.ts';
import { lineText } from '../text/clean.ts';

/** A fresh cache is filled at the first run; a slow disk takes its time, ms. */
const TRIAL_MS = 60_000;
const MOST_OUTPUT = 1024 * 1024;

export interface TrialOptions {
  /** The new file. */
  file: string;
  /** What it must say it is. */
  version: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Does the new file run on this machine, is it the version it should be, and is all well with its parts?
 * @throws VoiceError update-unfit; AbortError */
export async function tryOut({ file, version, env, signal }: TrialOptions): Promise<void> {
  const said = await run(file, ['version'], env, signal);
  if (said.status !== 0 || said.stdout.trim() !== version) {
    throw unfit(version, said.stdout.trim() || said.words || 'it does not start');
  }
  const doctor = await run(file, ['doctor', '--quick', '--json'], env, signal);
  if (doctor.status !== 0)
    throw unfit(version, failures(doctor.stdout) || doctor.words || 'doctor --quick fails');
}

interface Ended {
  /** null: a signal ended it, or it took too long. */
  status: number | null;
  stdout: string;
  /** What it said on stderr, or why it could not run. */
  words: string;
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = {
      env,
      signal,
      timeout: TRIAL_MS,
      maxBuffer: MOST_OUTPUT,
      killSignal: 'SIGKILL',
    } as const;
    execFile(file, args, options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      const late = error?.killed ? `it took more than ${TRIAL_MS / 1_000} s` : '';
      resolve({
        status,
        stdout,
        words: late || stderr.trim() || (status === null ? (error?.message ?? '') : ''),
      });
    });
  });
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
