import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { findCodex } from '../../src/codex/binary.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel } from '../../src/loopback/model.ts';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { startProcess } from '../support/process.ts';
import { briefly, FIRST_WORDS } from './answers.ts';

const CODEX = fileURLToPath(new URL('../../node_modules/.bin/codex', import.meta.url));

/** When each step of a spawned prompt happened: performance.now(), ms. */
export interface Prompted {
  spawned: number;
  /** The request reached the model. */
  request: number;
  /** The first words of the answer were printed: exec prints an item when it is whole (Codex CLI 0.169.0). */
  answer: number;
}

/** `codex exec` as one types it: a process for each prompt, with a home and a model of its own. */
export class CodexExec implements AsyncDisposable {
  readonly #model: LoopbackModel;
  readonly #home: TestHome;
  readonly #codex: string;

  private constructor(model: LoopbackModel, home: TestHome, codex: string) {
    this.#model = model;
    this.#home = home;
    this.#codex = codex;
  }

  static async prepare(): Promise<CodexExec> {
    const model = new LoopbackModel(briefly);
    await model.start();
    const home = await makeHome();
    await writeCodexHome(home.codexHome, model.baseUrl);
    // The native program at once: without the Node start of its wrapper, as this program runs it too.
    const { path } = await findCodex(CODEX, process.env, pino({ level: 'silent' }));
    const exec = new CodexExec(model, home, path);
    // The first run in a fresh home sets it up, and leaves a conversation to resume.
    await exec.prompt('warm up');
    return exec;
  }

  /** Where the processes of this way may leave files. */
  get folder(): string {
    return this.#home.path;
  }

  /**
   * Asks a new process; resolves when it has ended.
   * @param resume goes on with the last conversation
   * @throws Error when it does not ask the model, or prints no answer
   */
  async prompt(text: string, { resume = false } = {}): Promise<Prompted> {
    const spawned = performance.now();
    const how = resume ? ['exec', 'resume', '--last'] : ['exec'];
    const codex = await startProcess(this.#codex, [...how, '--skip-git-repo-check', text], {
      env: { ...process.env, ...this.#home.env },
      cwd: this.#home.project,
    });
    let answer: number | undefined;
    const look = (): void => {
      if (`${codex.stdout()}${codex.stderr()}`.includes(FIRST_WORDS)) answer ??= performance.now();
    };
    codex.child.stdout?.on('data', look);
    codex.child.stderr?.on('data', look);
    const code = await codex.exited;
    const request = this.#model.requests.find(({ at }) => at >= spawned)?.at;
    if (code !== 0 || request === undefined || answer === undefined)
      throw new Error(`codex ${how.join(' ')} ended with ${code}: ${codex.stderr().trim()}`);
    return { spawned, request, answer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.close();
    await this.#home.remove();
  }
}
