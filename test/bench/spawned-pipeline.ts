import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { findCodex } from '../../src/codex/binary.ts';
import { writeCodexHome } from '../../src/demo/codex-home.ts';
import { LoopbackModel, type Replier } from '../../src/demo/loopback-model.ts';
import type { LoopbackRequest } from '../../src/demo/loopback-request.ts';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { run, startProcess, type TestProcess } from '../support/process.ts';

const CODEX = fileURLToPath(new URL('../../node_modules/.bin/codex', import.meta.url));
const COLD_WHISPER = fileURLToPath(new URL('cold-whisper.ts', import.meta.url));

/** How long the recorder of the pipeline records, s. */
export const RECORDING_SECONDS = 5;

/** When each step of a spawned prompt happened: performance.now(), ms. */
export interface Prompted {
  spawned: number;
  request: LoopbackRequest;
}

/**
 * What one types without this program: a recording of fixed length, a Whisper process for it, and `codex exec` for
 * its text; a process each, every time.
 */
export class SpawnedPipeline implements AsyncDisposable {
  readonly model: LoopbackModel;
  readonly #home: TestHome;
  readonly #codex: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(model: LoopbackModel, home: TestHome, codex: string, env: NodeJS.ProcessEnv) {
    this.model = model;
    this.#home = home;
    this.#codex = codex;
    this.#env = env;
  }

  /** @param env of the desktop, for the recorder */
  static async prepare(env: NodeJS.ProcessEnv, reply: Replier): Promise<SpawnedPipeline> {
    const model = new LoopbackModel(reply);
    await model.start();
    const home = await makeHome();
    await writeCodexHome(home.codexHome, model.baseUrl);
    // The native program at once: without the Node start of its wrapper, as this program runs it too.
    const { path } = await findCodex(CODEX, process.env, pino({ level: 'silent' }));
    const pipeline = new SpawnedPipeline(model, home, path, { ...env });
    // The first run in a fresh home sets it up, and the compile cache spares Whisper's script its type stripping.
    await pipeline.prompt('warm up');
    return pipeline;
  }

  /** Begins to record; resolves with the file when the time is over. */
  async record(): Promise<{ process: TestProcess; file: string }> {
    const file = join(this.#home.path, 'recording.wav');
    const options = ['-q', '-d', String(RECORDING_SECONDS), '-f', 'S16_LE', '-r', '16000', '-c', '1', file];
    return { process: await startProcess('arecord', options, { env: this.#env }), file };
  }

  /** The text of a recording, from an engine that is started for it. */
  async transcribe(file: string): Promise<string> {
    const cache = join(this.#home.path, 'cache');
    await mkdir(cache, { recursive: true });
    const env = { ...process.env, NODE_COMPILE_CACHE: cache };
    const flag = '--disable-warning=ExperimentalWarning';
    return run(process.execPath, [flag, COLD_WHISPER, file], { env });
  }

  /** Asks a `codex exec` that is started for it; resolves when it has ended. */
  async prompt(text: string): Promise<Prompted> {
    const spawned = performance.now();
    const args = ['exec', '--skip-git-repo-check', text];
    await run(this.#codex, args, {
      env: { ...process.env, ...this.#home.env },
      cwd: this.#home.project,
    });
    const request = this.model.requests.find(({ at }) => at >= spawned);
    if (request === undefined) throw new Error('codex exec did not ask the model');
    return { spawned, request };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.close();
    await this.#home.remove();
  }
}
