import { findProgram, NOT_INSTALLED } from '../../processes/programs.ts';
import type { RecorderName } from '../microphone.ts';
import { type Patience, type Recorder, RecorderFailure, type Recording } from '../recorder.ts';
import { type RecorderCommand, RecorderProcess } from './recorder-process.ts';

/** A program that prints 16 kHz mono s16le samples, without a header, as they arrive. */
export interface RecorderProgram {
  readonly name: RecorderName;
  readonly debianPackage: string;
  /**
   * The command line for a device (`default` or a name the program knows), or null when the program is not in
   * PATH.
   */
  command(device: string, env: NodeJS.ProcessEnv): Promise<RecorderCommand | null>;
}

export interface ProgramOptions {
  /** `default`, or a name that the program knows. */
  device: string;
  env: NodeJS.ProcessEnv;
  /** Called with the process id of each run. */
  onStart?: ((pid: number) => void) | undefined;
}

/** A recorder that runs a program for each recording. */
export class ProgramRecorder implements Recorder {
  readonly source = null;
  readonly #program: RecorderProgram;
  readonly #options: ProgramOptions;

  constructor(program: RecorderProgram, options: ProgramOptions) {
    this.#program = program;
    this.#options = options;
  }

  get name(): RecorderName {
    return this.#program.name;
  }

  get debianPackage(): string {
    return this.#program.debianPackage;
  }

  async unavailable(): Promise<string | null> {
    return (await findProgram(this.name, this.#options.env)) === null ? NOT_INSTALLED : null;
  }

  async open(patience: Patience): Promise<Recording> {
    const { device, env, onStart } = this.#options;
    const command = await this.#program.command(device, env);
    if (command === null) throw new RecorderFailure('missing', NOT_INSTALLED);
    const running = new RecorderProcess(command, env, patience);
    if (running.pid !== undefined) onStart?.(running.pid);
    return running;
  }

  async close(): Promise<void> {}
}
