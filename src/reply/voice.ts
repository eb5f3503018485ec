import { type ChildProcess, spawn } from 'node:child_process';
import type { Logger } from 'pino';
import { plainText } from '../plain-text.ts';
import { findProgram } from '../platform/programs.ts';

/** Reads texts aloud. */
export interface Voice {
  /** The program that speaks. */
  readonly program: string;
  /** Resolves when it has ended: true when all of it was read. Never throws. */
  say(text: string, signal: AbortSignal): Promise<boolean>;
}

/** Programs of the system that read their standard input, first choice first; `say` is macOS's. */
const PROGRAMS: readonly [name: string, args: readonly string[]][] = [
  ['spd-say', ['--wait', '--pipe-mode']],
  ['espeak-ng', ['--stdin']],
  ['espeak', ['--stdin']],
  ['say', ['-f', '-']],
];

/** A voice of the system; null where there is none. */
export async function findVoice(env: NodeJS.ProcessEnv, logger: Logger): Promise<Voice | null> {
  for (const [name, args] of PROGRAMS) {
    const program = await findProgram(name, env);
    if (program === null) continue;
    return { program, say: (text, signal) => speak(program, args, text, { env, logger, signal }) };
  }
  return null;
}

interface SpeakOptions {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  signal: AbortSignal;
}

async function speak(
  program: string,
  args: readonly string[],
  text: string,
  { env, logger, signal }: SpeakOptions,
): Promise<boolean> {
  if (signal.aborted) return false;
  const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    child.stdin?.on('error', (error) => logger.debug({ err: error }, 'the voice does not listen'));
    child.stdin?.end(`${plainText(text)}\n`);
    return (await ended(child)) === 0 && !signal.aborted;
  } catch (error) {
    logger.warn({ err: error, program }, 'a text could not be read aloud');
    return false;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status));
  });
}
