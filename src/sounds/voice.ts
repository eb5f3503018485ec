import type { Logger } from 'pino';
import type { ErrorReport } from '../errors.ts';
import { openProgram } from '../processes/programs.ts';
import { output, run } from '../processes/run.ts';
import type { Loudspeaker } from './loudspeaker.ts';
import { noVoice } from './wording.ts';

/** The error when reading aloud is enabled without a voice. */
export const NO_VOICE: ErrorReport = { code: 'voice-missing', ...noVoice };

/** Reads texts aloud. */
export interface Voice {
  /** Absolute path of the program that speaks. */
  readonly program: string;
  /**
   * Resolves when it is silent again: true if the whole text was read. Never throws.
   * @param text plain words, see aloud.ts
   * @param signal stops it
   */
  say(text: string, signal: AbortSignal): Promise<boolean>;
}

interface Program {
  name: string;
  /** It reads its standard input. */
  args: readonly string[];
  /** Arguments that silence it, for a server that continues after the program has ended. */
  stop?: readonly string[];
}

/**
 * PowerShell with the voice of Windows (SAPI). The text comes through standard input, in UTF-8, and is never part of a
 * command. Written against its documentation; it has not run on Windows.
 */
const SAPI = [
  '[Console]::InputEncoding = [System.Text.Encoding]::UTF8',
  'Add-Type -AssemblyName System.Speech',
  '$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer',
  '$voice.Speak([Console]::In.ReadToEnd())',
].join('; ');

/**
 * Programs of the system, in order of preference; `say` belongs to macOS. spd-say (0.11.4) needs a high priority,
 * because any other message would interrupt it and look like its end. Its server continues when it is killed.
 */
const PROGRAMS: readonly Program[] = [
  {
    name: 'spd-say',
    args: ['--wait', '--priority', 'important', '--pipe-mode'],
    stop: ['--stop'],
  },
  { name: 'espeak-ng', args: ['--stdin'] },
  { name: 'espeak', args: ['--stdin'] },
  { name: 'say', args: ['-f', '-'] },
  { name: 'powershell.exe', args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', SAPI] },
];

/**
 * A text that ended faster than this, ms a character, was not heard. espeak-ng 1.51 without a sound device ends at
 * once, with status 0; so does spd-say when it is silenced.
 */
const LEAST_MS_PER_CHARACTER = 12;
/** A slower voice hangs. */
const MOST_MS_PER_CHARACTER = 300;
const PATIENCE_MS = 10_000;

/** One voice for everything that is read aloud: a text waits until the one before has ended. */
export class SharedVoice {
  readonly #find: () => Promise<Voice | null>;
  readonly #loudspeaker: Loudspeaker;
  #last: Promise<unknown> = Promise.resolve();

  constructor(find: () => Promise<Voice | null>, loudspeaker: Loudspeaker) {
    this.#find = find;
    this.#loudspeaker = loudspeaker;
  }

  /** Finds the installed voice; null: there is none. */
  async find(): Promise<Voice | null> {
    const voice = await this.#find();
    if (voice === null) return null;
    const say: Voice['say'] = (text, signal) => {
      const said = this.#last.then(async () => {
        if (signal.aborted) return false;
        const over = this.#loudspeaker.begin(Number.POSITIVE_INFINITY);
        return voice.say(text, signal).finally(over);
      });
      this.#last = said.catch(() => undefined); // The caller gets the error; the next text is read in any case.
      return said;
    };
    return { program: voice.program, say };
  }
}

/** Finds a voice of the system; null: there is none. */
export async function findVoice(env: NodeJS.ProcessEnv, logger: Logger): Promise<Voice | null> {
  const { opened } = await openProgram(PROGRAMS, env, (program, { args, stop }): Voice => {
    const say: Voice['say'] = async (text, signal) => {
      try {
        return await speak(program, args, { text, env, signal });
      } catch (error) {
        if (signal.aborted) return false;
        logger.warn({ err: error, program }, 'a text could not be read aloud');
        return false;
      } finally {
        if (stop && signal.aborted) await silence(program, stop, env, logger);
      }
    };
    return { program, say };
  });
  return opened;
}

/** @throws Error when it cannot be started or fails; the reason of the signal */
async function speak(
  program: string,
  args: readonly string[],
  { text, env, signal }: { text: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<boolean> {
  const began = performance.now();
  const timeoutMs = PATIENCE_MS + text.length * MOST_MS_PER_CHARACTER;
  // If it ends before it has read everything, its status shows it.
  await output(program, args, { env, signal, timeoutMs, input: `${text}\n` });
  const took = performance.now() - began;
  if (took < text.length * LEAST_MS_PER_CHARACTER) throw new Error(`it was over after ${took.toFixed()} ms`);
  return true;
}

async function silence(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<void> {
  const { words } = await run(program, args, { env, timeoutMs: 3_000 });
  if (words !== '') logger.warn({ words }, 'a voice could not be silenced');
}
