import type { Driver } from '../drivers.ts';
import { findProgram, NOT_INSTALLED } from '../processes/programs.ts';
import { run } from '../processes/run.ts';

/** A way to play a WAV file. */
export interface Player extends Driver {
  /** What plays, for messages; known after `unavailable`. */
  readonly place: string;
  /**
   * Resolves when the file was played, or the signal has silenced it.
   * @throws Error when it was not played. A timeout is not an error, because another player would be late too.
   */
  play(file: string, signal: AbortSignal): Promise<void>;
}

interface Program {
  name: string;
  args: readonly string[];
}

/** In order of preference, like the recorders. `afplay` belongs to macOS. */
const PROGRAMS: readonly Program[] = [
  { name: 'paplay', args: ['--latency-msec=30', '--client-name=codex-voice'] },
  { name: 'pw-play', args: ['--latency=30ms'] },
  { name: 'aplay', args: ['--quiet'] },
  { name: 'afplay', args: [] },
  { name: 'play', args: ['-q'] },
];

/** A cue lasts 0.15 s: a player that still runs after this time, ms, hangs. */
const LIMIT_MS = 3_000;

/** Returns the players of this system, the best first. */
export function playersOf(env: NodeJS.ProcessEnv): Player[] {
  const programs = PROGRAMS.map((program) => programPlayer(program, env));
  return process.platform === 'win32' ? [windowsPlayer(), ...programs] : programs;
}

function programPlayer({ name, args }: Program, env: NodeJS.ProcessEnv): Player {
  let path: string | null = null;
  return {
    name,
    get place() {
      return path ?? name;
    },
    async unavailable() {
      path = await findProgram(name, env);
      return path === null ? NOT_INSTALLED : null;
    },
    async play(file, signal) {
      const options = { env, signal, timeoutMs: LIMIT_MS };
      const { status, why, words } = await run(path ?? name, [...args, file], options);
      if (status !== 0 && why !== 'late') throw new Error(words);
    },
  };
}

/**
 * PlaySoundW of Windows, which waits in another thread until the sound has ended. A process plays one sound at a time.
 * Verified with Wine 8.0.
 */
function windowsPlayer(): Player {
  let last: Promise<unknown> = Promise.resolve();
  return {
    name: 'winmm',
    place: 'Windows (winmm)',
    unavailable: async () => null,
    play(file, signal) {
      const played = last.then(() => playOnWindows(file, signal));
      last = played.catch(() => undefined); // The caller gets the error; the next sound is played in any case.
      return played;
    },
  };
}

async function playOnWindows(file: string, signal: AbortSignal): Promise<void> {
  const { playSound, stopSound } = await import('../win32/winmm.ts');
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  limit.throwIfAborted();
  let stopped: Promise<void> | null = null;
  const stop = (): void => {
    stopped = stopSound();
  };
  limit.addEventListener('abort', stop, { once: true });
  try {
    const played = await playSound(file);
    if (!played && !limit.aborted) throw new Error('Windows did not play it');
  } finally {
    limit.removeEventListener('abort', stop);
    await stopped;
  }
}
