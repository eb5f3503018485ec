import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { raiseSession } from '../../src/processes/scheduling-group.ts';
import { setPriorities } from '../../src/processes/set-priority.ts';
import type { Desktop } from '../support/desktop.ts';
import type { Clip } from '../support/speech.ts';
import { processTree } from './process-tree.ts';

/** What a sound server has on a desktop, where rtkit grants it. */
const NICE = -11;
/** xdotool has pressed the modifiers of a chord after this time, ms. */
const HELD_MS = 100;
/** Programs of the virtual desktop that stand for hardware or for a sound server. */
const HARDWARE = /^(pulseaudio|pacat|parec|xdotool)\b/;

/**
 * Gives this process and the programs that stand for hardware the priority that they have on a desktop: a microphone
 * does not wait for a processor, and neither does a model on the internet.
 * @returns false when this user may not; the figures then measure the instruments as well
 */
export async function raiseInstruments(): Promise<boolean> {
  const hardware = (await processTree(process.pid)).filter(({ command }) => HARDWARE.test(command));
  try {
    for (const pid of [process.pid, ...hardware.map((use) => use.pid)]) {
      setPriorities(pid, NICE);
      raiseSession(pid, NICE);
    }
    return true;
  } catch {
    return false;
  }
}

/** A program that waits for its input: neither its start nor its connection is in any figure. */
class Waiting implements AsyncDisposable {
  protected readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(command, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#ended = once(this.child, 'close');
    this.child.stdin?.on('error', () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }
}

/** Presses keys at once. */
export class Keyboard extends Waiting {
  constructor({ env }: Desktop) {
    super('xdotool', ['-'], env);
  }

  press(key: string): void {
    this.child.stdin?.write(`key ${key}\n`);
  }

  /**
   * Taps a key while the others are held: xdotool pauses after each key of a chord.
   * @returns performance.now() when it was sent, ms
   */
  async tap(held: readonly string[], key: string): Promise<number> {
    const send = (...lines: string[]): void => void this.child.stdin?.write(`${lines.join('\n')}\n`);
    send(...held.map((each) => `keydown ${each}`));
    await delay(HELD_MS);
    const at = performance.now();
    send(`keydown ${key}`, `keyup ${key}`, ...held.map((each) => `keyup ${each}`));
    return at;
  }
}

/** Speaks into the virtual microphone at once. */
export class Mouth extends Waiting {
  constructor({ env }: Desktop) {
    const format = ['--raw', '--format=float32le', '--rate=16000', '--channels=1'];
    // Sound that is there at once fills a buffer that survives a busy machine.
    super('pacat', ['--playback', '--device=mic', '--latency-msec=200', ...format], env);
  }

  /** Once; the rest of its life is silence. */
  speak({ samples }: Clip): void {
    this.child.stdin?.end(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  }
}
