import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { VoiceError } from '../../errors.ts';
import { loadNetwork } from '../../speech/network.ts';
import { Cache } from './cache.ts';
import type { Decoder } from './decoder.ts';

/** Samples of one position of the encoder: 20 ms at 16 kHz. */
const POSITION = 320;
/** Silence after the sound, positions: the weights were taught 0 to 96, at least 8 are needed. */
const MARGIN = 16;
/** The longest sound that the encoder takes, samples: 30 s at 16 kHz. */
const WINDOW = 480_000;
/** The longest sound that fits with the silence after it, samples. */
export const LONGEST = WINDOW - MARGIN * POSITION;
/** Logits in a row: the vocabulary of Whisper's English models. */
const ROW = 51_864;
/** A buffer for logits beyond this is given back after a sound, numbers: 2 MB. */
const MOST_KEPT = 524_288;

/** Paths of the weights. */
interface NetworkFiles {
  encoder: string;
  decoder: string;
}

/** Encoder and decoder of the ear (assets/ear/README.md), and the buffers in which they work. One sound at a time. */
export class EarNetwork implements Decoder {
  readonly rowLength: number = ROW;
  readonly #encoder: InferenceSession;
  readonly #decoder: InferenceSession;
  readonly #cache = new Cache();
  #logits = new Float32Array(0);
  #memory: Tensor | null = null;

  private constructor(encoder: InferenceSession, decoder: InferenceSession) {
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /** Loads the weights, which were checked before. @throws VoiceError engine-failed */
  static async load({ encoder, decoder }: NetworkFiles): Promise<EarNetwork> {
    return new EarNetwork(await loadNetwork(encoder, failed), await loadNetwork(decoder, failed));
  }

  /**
   * Hears a sound: what the decoder judges from now on. The texts so far are forgotten.
   * @param audio 16 kHz mono, at most LONGEST samples
   * @param whole works with the window of 30 s instead of one as long as the sound: slower, and surer
   */
  async hear(audio: Float32Array, whole = false): Promise<void> {
    this.reset();
    const samples = whole ? WINDOW : (Math.ceil(audio.length / POSITION) + MARGIN) * POSITION;
    const pcm = new Float32Array(samples);
    pcm.set(audio);
    const { memory } = await this.#encoder.run({ pcm: new Tensor('float32', pcm, [1, samples]) });
    if (memory === undefined) throw failed('its encoder gives no result');
    this.#memory = memory;
  }

  async append(tokens: readonly number[], texts: number): Promise<Float32Array> {
    if (this.#memory === null) throw new Error('hear() comes first');
    const added = tokens.length / texts;
    const [past, future] = [this.#cache.past, this.#cache.future(added)];
    const size = tokens.length * ROW;
    if (this.#logits.length < size) this.#logits = new Float32Array(size);
    const logits = this.#logits.subarray(0, size);
    await this.#decoder.run(
      {
        tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [texts, added]),
        past: new Tensor('float32', past.data, past.shape),
        memory: this.#memory,
      },
      {
        logits: new Tensor('float32', logits, [texts, added, ROW]),
        present: new Tensor('float32', future.data, future.shape),
      },
    );
    this.#cache.advance(added);
    return logits;
  }

  fork(parents: readonly number[]): void {
    this.#cache.fork(parents);
  }

  cut(length: number): void {
    this.#cache.cut(length);
  }

  /** Forgets the sound, and gives large buffers back. */
  reset(): void {
    this.#memory?.dispose();
    this.#memory = null;
    this.#cache.clear();
    if (this.#logits.length > MOST_KEPT) this.#logits = new Float32Array(0);
  }

  async close(): Promise<void> {
    this.reset();
    await Promise.all([this.#encoder.release(), this.#decoder.release()]);
  }
}

function failed(reason: string, cause?: unknown): VoiceError {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new VoiceError(
    'engine-failed',
    `The embedded speech engine cannot start: ${reason}${detail}.`,
    'Install codex-voice again, or set whisper_model in config.toml to a model that `codex-voice models` lists.',
    { cause },
  );
}
