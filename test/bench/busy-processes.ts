import { beOrdinary } from '../../src/processes/priorities.ts';
import { startProcess, type TestProcess } from '../support/process.ts';

/** Programs that do nothing but compute. Dispose of it to end them, each by its process id. */
export class BusyProcesses implements AsyncDisposable {
  readonly #processes: TestProcess[];

  private constructor(processes: TestProcess[]) {
    this.#processes = processes;
  }

  /** Starts so many, each in a session of its own: where the kernel groups by session, each counts as a program. */
  static async start(count: number): Promise<BusyProcesses> {
    const loop = () => startProcess('sh', ['-c', 'while :; do :; done']);
    const processes = await Promise.all(Array.from({ length: count }, loop));
    for (const { pid } of processes) beOrdinary(pid);
    return new BusyProcesses(processes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) process.kill('SIGKILL');
    await Promise.all(this.#processes.map(({ exited }) => exited));
  }
}
