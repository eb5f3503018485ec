import { join } from 'node:path';
import type { Desktop } from '../../support/desktop.ts';
import { startProcess } from '../../support/process.ts';
import { CodexExec } from '../codex-exec.ts';
import { ChildrenTime, type ProcessUse } from '../process-tree.ts';
import { prepareNodejsWhisper } from './nodejs-whisper.ts';
import type { Passed, Way } from './way.ts';

/** How long the recorder records, s. */
export const RECORDING_SECONDS = 5;

/** A recording of fixed length, whisper-cli through nodejs-whisper, `codex exec`: a process each, for every sentence. */
export class Spawned implements Way {
  readonly #env: NodeJS.ProcessEnv;
  readonly #exec: CodexExec;
  readonly #transcribe: (wav: string) => Promise<string>;
  readonly #time = new ChildrenTime();

  private constructor(env: NodeJS.ProcessEnv, exec: CodexExec, transcribe: (wav: string) => Promise<string>) {
    this.#env = env;
    this.#exec = exec;
    this.#transcribe = transcribe;
  }

  static async prepare({ env }: Desktop): Promise<Spawned> {
    const exec = await CodexExec.prepare();
    return new Spawned(env, exec, await prepareNodejsWhisper(exec.folder));
  }

  async utterance(speak: () => Promise<unknown>): Promise<Passed> {
    const wav = join(this.#exec.folder, 'recording.wav');
    const options = ['-q', '-d', String(RECORDING_SECONDS), '-f', 'S16_LE', '-r', '16000', '-c', '1', wav];
    const recorder = await startProcess('arecord', options, { env: this.#env });
    await speak();
    return this.#time.of(async () => {
      await recorder.exited;
      const text = await this.#transcribe(wav);
      const { request, answer } = await this.#exec.prompt(text);
      return { request, delta: answer, text };
    });
  }

  async spent(): Promise<number> {
    return this.#time.ms;
  }

  async residents(): Promise<ProcessUse[]> {
    return [];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#exec[Symbol.asyncDispose]();
  }
}
