import type { Decoder } from '../../../src/transcription/ear/decoder.ts';
import { END_OF_TEXT, NO_TIMESTAMPS, START_OF_TRANSCRIPT } from '../../../src/transcription/ear/tokenizer.ts';

/** Probabilities of the tokens that may follow; what is left is spread over all others. */
export type Next = Readonly<Record<number, number>>;

/** Logit of a token that never follows. */
const NEVER = -40;
const ROW = END_OF_TEXT + 10;

/** A decoder whose probabilities are made by hand. It notes what it was asked. */
export class FakeDecoder implements Decoder {
  readonly rowLength = ROW;
  /** Texts and tokens of each call of append(). */
  readonly calls: { texts: number; tokens: number[] }[] = [];
  #texts: number[][] = [[]];
  next: (text: readonly number[]) => Next;

  /** @param next what follows a text, which begins after the prompt */
  constructor(next: (text: readonly number[]) => Next) {
    this.next = next;
  }

  async append(tokens: readonly number[], texts: number): Promise<Float32Array> {
    if (texts !== this.#texts.length) throw new Error(`${texts} texts, not ${this.#texts.length}`);
    this.calls.push({ texts, tokens: [...tokens] });
    const added = tokens.length / texts;
    const logits = new Float32Array(tokens.length * ROW).fill(NEVER);
    for (const [row, token] of tokens.entries()) {
      const text = this.#texts[Math.floor(row / added)] ?? [];
      text.push(token);
      const [start, plain, ...said] = text;
      if (start !== START_OF_TRANSCRIPT || (plain !== undefined && plain !== NO_TIMESTAMPS)) {
        throw new Error(`a text begins with ${start}, ${plain}`);
      }
      if (plain === undefined) continue;
      for (const [each, probability] of Object.entries(this.next(said))) {
        logits[row * ROW + Number(each)] = Math.log(probability);
      }
    }
    return logits;
  }

  fork(parents: readonly number[]): void {
    this.#texts = parents.map((parent) => [...(this.#texts[parent] ?? [])]);
  }

  cut(length: number): void {
    this.#texts = this.#texts.map((text) => text.slice(0, length));
  }

  /** Forgets all texts. */
  restart(): void {
    this.#texts = [[]];
  }
}
