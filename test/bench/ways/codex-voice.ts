import type { Desktop } from '../../support/desktop.ts';
import { startDaemon, type TestDaemon } from '../../support/desktop.ts';
import { ggmlModel } from '../../support/ggml-model.ts';
import { briefly } from '../answers.ts';
import { Observer } from '../observer.ts';
import { type ProcessUse, processTree, spentBy } from '../process-tree.ts';
import type { Passed, Way } from './way.ts';

/**
 * The old rule, the engine of the first version, and the text made after the end; with another key, so that both daemons
 * can wait for theirs.
 */
const FIXED = `[hotkey]
listen = "Super+F9"
[speech]
endpoint_ms = 800
adaptive_endpoint = false
[performance]
parallel_transcription = false
whisper_model = ${JSON.stringify(ggmlModel.path)}
`;

/** The program itself: a daemon, its real key, its real Codex. */
export class CodexVoice implements Way {
  readonly #desktop: Desktop;
  readonly #daemon: TestDaemon;
  readonly #observer: Observer;
  readonly #key: string;

  private constructor(desktop: Desktop, daemon: TestDaemon, observer: Observer, key: string) {
    this.#desktop = desktop;
    this.#daemon = daemon;
    this.#observer = observer;
    this.#key = key;
  }

  static asShipped(desktop: Desktop): Promise<CodexVoice> {
    return CodexVoice.#start(desktop, '', 'ctrl+alt+space');
  }

  /** 800 ms of silence after every sentence, and nothing is transcribed before they are over. */
  static fixed(desktop: Desktop): Promise<CodexVoice> {
    return CodexVoice.#start(desktop, FIXED, 'super+F9');
  }

  static async #start(desktop: Desktop, config: string, key: string): Promise<CodexVoice> {
    const env = { CODEX_VOICE_LOG: 'info' };
    const daemon = await startDaemon(desktop.env, { reply: briefly, env, config });
    return new CodexVoice(desktop, daemon, await Observer.of(daemon), key);
  }

  async utterance(speak: () => Promise<unknown>): Promise<Passed> {
    const observer = this.#observer;
    const pressed = performance.now();
    await this.#desktop.x.xdotool('key', this.#key);
    await observer.next('stage', pressed, ({ stage }) => stage === 'listening');
    const before = await this.spent();
    await speak();
    const whileSpeaking = (await this.spent()) - before;
    return { ...(await this.answered(pressed)), whileSpeaking };
  }

  /** What becomes of the utterance whose key was pressed then: performance.now(), ms. */
  async answered(pressed: number): Promise<Passed> {
    const observer = this.#observer;
    const request = await observer.request(pressed);
    const delta = await observer.next('delta', pressed);
    await observer.settled(pressed);
    const { utterances } = await observer.client.request('history', { limit: 1 });
    const [utterance] = utterances;
    if (utterance?.state !== 'answered') throw new Error(`it ended as ${utterance?.state}`);
    const { timings, transcript } = utterance;
    return { request: request.at, delta: delta.at, text: transcript ?? '', timings };
  }

  async spent(): Promise<number> {
    return spentBy(await this.residents());
  }

  residents(): Promise<ProcessUse[]> {
    return processTree(this.#daemon.process.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#observer[Symbol.dispose]();
    await this.#daemon.stop();
  }
}
