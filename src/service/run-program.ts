import { VoiceError } from '../errors.ts';
import { run } from '../processes/run.ts';
import type { ProgramResult, RunProgram } from './service-manager.ts';

/** Longer than any of these programs takes to answer, ms. */
const TIMEOUT_MS = 15_000;
const NO_PROGRAM = 127;

/** Runs programs with this environment. */
export function programRunner(env: NodeJS.ProcessEnv): RunProgram {
  return async (program, args, timeoutMs = TIMEOUT_MS) => {
    const { status, why, stdout, stderr, words } = await run(program, args, { env, timeoutMs });
    return {
      status: why === 'missing' ? NO_PROGRAM : status,
      stdout: stdout.toString('utf8'),
      stderr: stderr.trim() || words,
    };
  };
}

/** Returns the first line of a program's output, for a message. */
export function firstWords({ stderr, stdout, status }: ProgramResult): string {
  const line = `${stderr}\n${stdout}`.split('\n').find((text) => text.trim() !== '');
  return line?.trim() ?? `it ended with ${status ?? 'a signal'}`;
}

/** Returns the output of a program. @throws VoiceError service-failed unless its status is 0 */
export async function mustRun(
  run: RunProgram,
  program: string,
  args: readonly string[],
  timeoutMs?: number,
): Promise<string> {
  const result = await run(program, args, timeoutMs);
  if (result.status === 0) return result.stdout;
  throw failedRun(program, args, result);
}

/** The error for a program that did not end with 0. */
export function failedRun(program: string, args: readonly string[], result: ProgramResult): VoiceError {
  return new VoiceError(
    'service-failed',
    `\`${program} ${args.join(' ')}\` failed: ${firstWords(result)}`,
    'Run it in a terminal for details. `codex-voice service status` shows the state of the service.',
  );
}
