import { flushCompileCache } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { reportOf } from '../../errors.ts';
import { checkedEar } from '../../models/verify.ts';
import { SmartTurn } from '../../speech/smart-turn.ts';
import { TURN_SAMPLES } from '../../speech/weights.ts';
import { dieWithParent, send } from '../process/child-link.ts';
import type { EngineAnswer, EngineRequest, ToEngine, TranscribeRequest } from '../process/messages.ts';
import { EarEngine } from './engine.ts';
import { EarNetwork } from './network.ts';
import type { Phrases } from './phrases.ts';
import { Tokenizer } from './tokenizer.ts';

/** Length of the silence that warms the engine up: its first run takes longer than the others. */
const WARM_UP_SAMPLES = 16_000;

/**
 * Runs the ear and smart-turn in one child process, on one ONNX Runtime (onnxruntime-node 1.24.3, native): it loads
 * what it was started with, says `ready`, then answers until its parent goes away. The runtime works on the thread of
 * the event loop, so messages are read between two steps of a network, never within one.
 * @param argv what earArguments() made
 */
export async function runEarChild(argv: string[]): Promise<void> {
  dieWithParent();
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: argv, options: { ear: text, turn: { type: 'boolean' } } });
  try {
    const started = performance.now();
    const ear = values.ear === undefined ? null : await loadEar(values.ear);
    const child = new EarChild(ear);
    if (values.turn) await child.warm();
    process.on('message', (message: ToEngine) => child.take(message));
    send({ type: 'ready', ms: Math.round(performance.now() - started) });
    ear?.prepare();
    // Node would write it at the end, but this process is killed.
    flushCompileCache();
  } catch (error) {
    process.exitCode = 1;
    send({ type: 'unusable', error: reportOf(error) }, () => process.disconnect());
  }
}

async function loadEar(folder: string): Promise<EarEngine> {
  const { encoder, decoder, tokens } = await checkedEar(folder);
  const network = await EarNetwork.load({ encoder: encoder.path, decoder: decoder.path });
  const engine = new EarEngine(network, await Tokenizer.load(tokens.path));
  await engine.hear(new Float32Array(WARM_UP_SAMPLES), { hasty: true }).catch(() => undefined);
  return engine;
}

/** Answers requests. Texts are made one at a time; a question of smart-turn comes between two steps of a text. */
class EarChild {
  readonly #ear: EarEngine | null;
  readonly #running = new Map<number, AbortController>();
  /** Settles when the text that was asked for last is done. */
  #tail: Promise<unknown> = Promise.resolve();
  #turn: Promise<SmartTurn> | null = null;
  #phrases: { key: number; tree: Phrases } | null = null;

  constructor(ear: EarEngine | null) {
    this.#ear = ear;
  }

  take(message: ToEngine): void {
    const { id } = message;
    if (message.type === 'abort') {
      this.#running.get(id)?.abort();
      return;
    }
    void this.#answer(message, id)
      .catch((error: unknown): EngineAnswer => ({ type: 'refused', id, error: reportOf(error) }))
      .then((answer) => send(answer));
  }

  /** Loads smart-turn, once. @throws VoiceError detector-failed */
  async warm(): Promise<void> {
    this.#turn ??= loadTurn();
    await this.#turn;
  }

  async #answer(request: EngineRequest, id: number): Promise<EngineAnswer> {
    switch (request.type) {
      case 'warm':
        await this.warm();
        return { type: 'warm', id };
      case 'turn': {
        await this.warm();
        const probability = (await (await this.#turn)?.finished(request.samples)) ?? Number.NaN;
        return { type: 'turn', id, probability };
      }
      case 'transcribe': {
        const text = this.#tail.then(() => this.#transcribe(request, id));
        this.#tail = text.catch(() => undefined);
        return text;
      }
    }
  }

  async #transcribe({ audio, phrases, draft, yields }: TranscribeRequest, id: number): Promise<EngineAnswer> {
    if (this.#ear === null) throw new Error('this process was started without the ear');
    const abort = new AbortController();
    this.#running.set(id, abort);
    const started = performance.now();
    try {
      const { text, confidence, words, endMark } = await this.#ear.hear(audio, {
        phrases: this.#known(phrases, this.#ear),
        ...(draft === undefined ? {} : { draft }),
        // A partial text is a draft: a greedy search takes a quarter less time.
        ...(yields ? { hasty: true, beams: 1 } : {}),
        checkpoint: async () => {
          // Messages that have arrived are read here.
          await setImmediate();
          abort.signal.throwIfAborted();
        },
      });
      return {
        type: 'transcribed',
        id,
        transcript: {
          text,
          ms: performance.now() - started,
          confidence,
          words,
          ...(endMark === null ? {} : { endMark }),
        },
      };
    } catch (error) {
      if (abort.signal.aborted) return { type: 'aborted', id };
      throw error;
    } finally {
      this.#running.delete(id);
    }
  }

  #known(phrases: TranscribeRequest['phrases'], ear: EarEngine): Phrases | undefined {
    if (phrases?.list !== undefined) this.#phrases = { key: phrases.key, tree: ear.phrases(phrases.list) };
    return phrases?.key === this.#phrases?.key ? this.#phrases?.tree : undefined;
  }
}

async function loadTurn(): Promise<SmartTurn> {
  const turn = await SmartTurn.load();
  // The first run takes longer than the others.
  await turn.finished(new Float32Array(TURN_SAMPLES));
  return turn;
}
