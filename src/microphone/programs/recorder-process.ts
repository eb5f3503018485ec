import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { EventQueue } from '../../event-queue.ts';
import { lastLine } from '../../text/clean.ts';
import type { AudioFrame } from '../microphone.ts';
import { type Patience, RecorderFailure, type Recording } from '../recorder.ts';
import { S16Decoder } from '../s16.ts';
import { Watchdog } from '../watchdog.ts';

/** How to run a program: an argument list, never a shell line. */
export interface RecorderCommand {
  /** Absolute path of the program. */
  file: string;
  args: string[];
  /** Variables added to the environment. */
  env?: Record<string, string>;
}

/** From SIGTERM to SIGKILL, ms; all recorders need less than 100. */
const GRACE_MS = 200;
/** Time limit for a killed process to end, ms: one that hangs in a sound driver cannot be killed. */
const REAP_MS = 1_000;
const STDERR_LIMIT = 4_096;
/** Of its last line, UTF-16 units. */
const MOST_WORDS = 200;

/** One run of a recorder: it starts at once and holds the microphone until it ends or `end` is called. */
export class RecorderProcess implements Recording {
  readonly #child: ChildProcess;
  readonly #events = new EventQueue<AudioFrame>();
  readonly #exited: Promise<unknown>;
  readonly #watchdog: Watchdog;
  #stderr = '';
  #ending: Promise<void> | null = null;

  constructor(command: RecorderCommand, env: NodeJS.ProcessEnv, patience: Patience) {
    // A separate group: Ctrl-C in the daemon's terminal must not end the recorder before the daemon does.
    const child = spawn(command.file, command.args, {
      env: { ...env, ...command.env, LC_ALL: 'C' },
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#exited = Promise.race([once(child, 'exit'), once(child, 'error').catch(() => undefined)]);
    this.#exited.catch(() => undefined); // a failed start is reported by the listener below
    const decoder = new S16Decoder();
    child.stdout.on('data', (bytes: Buffer) => {
      this.#watchdog.feed();
      const samples = decoder.decode(bytes);
      if (samples.length > 0) this.#events.push({ samples, at: performance.now() });
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LIMIT);
    });
    child.once('error', (error) => this.#fail('ended', error.message));
    child.once('close', (code, signal) => this.#fail('ended', this.#lastWords(code, signal)));
    this.#watchdog = new Watchdog(patience.first, patience.next, () => {
      const words = lastLine(this.#stderr, MOST_WORDS);
      this.#fail('silent', words ? `no sound arrived (${words})` : 'no sound arrived');
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  frames(): AsyncIterable<AudioFrame> {
    return this.#events;
  }

  /** SIGTERM, then SIGKILL; resolves when the process is gone and the microphone is free. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#watchdog.stop();
    this.#events.close();
    await this.#signal('SIGTERM', GRACE_MS);
    await this.#signal('SIGKILL', REAP_MS);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Signals the group if the recorder still runs, and waits for its end. @param patience ms */
  async #signal(signal: NodeJS.Signals, patience: number): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      // Windows has no process groups to signal; there every signal ends the process at once.
      process.kill(process.platform === 'win32' ? pid : -pid, signal);
    } catch (error) {
      // It ended between the check and the signal.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    await this.#exitWithin(patience);
  }

  async #exitWithin(milliseconds: number): Promise<void> {
    const timeout = new AbortController();
    const late = delay(milliseconds, undefined, { signal: timeout.signal }).catch(() => undefined);
    await Promise.race([this.#exited, late]);
    timeout.abort();
  }

  #fail(kind: RecorderFailure['kind'], reason: string): void {
    this.#watchdog.stop();
    this.#events.fail(new RecorderFailure(kind, reason));
  }

  #lastWords(code: number | null, signal: NodeJS.Signals | null): string {
    return (
      lastLine(this.#stderr, MOST_WORDS) ||
      (signal ? `it was ended by ${signal}` : `it ended with status ${code}`)
    );
  }
}
