import { readFile } from 'node:fs/promises';

/** How GPT-2 divides a text before it merges bytes into tokens (tiktoken 0.9, encoding `gpt2`). */
const PIECES = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Token that ends a text; also the number of tokens that stand for bytes. */
export const END_OF_TEXT = 50_256;
/** Token that begins a transcript. */
export const START_OF_TRANSCRIPT = 50_257;
/** Token that asks for a transcript without timestamps. */
export const NO_TIMESTAMPS = 50_362;
/** The token of a single space. */
export const SPACE = 220;

/** Converts between text and the tokens of Whisper's English models (GPT-2's byte pairs: the rank is the token). */
export class Tokenizer {
  /** The bytes of each token, base64. */
  readonly #bytes: readonly string[];
  /** Bytes, read as Latin-1, to token; made when it is needed first, which takes some 50 ms. */
  #ranks: ReadonlyMap<string, number> | null = null;

  /** @param bytes those of each token, by its number, base64 */
  private constructor(bytes: readonly string[]) {
    this.#bytes = bytes.slice(0, END_OF_TEXT);
  }

  /**
   * Reads the vocabulary: a JSON array of base64 strings.
   * @throws the error of the file system, or SyntaxError
   */
  static async load(path: string): Promise<Tokenizer> {
    return Tokenizer.parse(await readFile(path, 'utf8'));
  }

  /** Parses the vocabulary: a JSON array of base64 strings. @throws SyntaxError */
  static parse(json: string): Tokenizer {
    const entries: unknown = JSON.parse(json);
    if (!Array.isArray(entries) || entries.length < END_OF_TEXT)
      throw new SyntaxError('it is no list of tokens');
    return new Tokenizer(entries.map(String));
  }

  /** Returns the bytes of a token; those of a special token are empty. */
  bytesOf(token: number): Buffer {
    return Buffer.from(this.#bytes[token] ?? '', 'base64');
  }

  /** Returns the text of tokens; bytes that are not UTF-8 become U+FFFD. */
  decode(tokens: readonly number[]): string {
    return Buffer.concat(tokens.map((token) => this.bytesOf(token))).toString('utf8');
  }

  /** Returns the tokens of a text, as tiktoken splits it. */
  encode(text: string): number[] {
    return (text.match(PIECES) ?? []).flatMap((piece) => this.#merge(Buffer.from(piece).toString('latin1')));
  }

  /** Makes the first encode() quick. */
  prepare(): ReadonlyMap<string, number> {
    this.#ranks ??= new Map(
      this.#bytes.map((each, token) => [Buffer.from(each, 'base64').toString('latin1'), token]),
    );
    return this.#ranks;
  }

  /** Merges the pair of the lowest rank until no pair is a token. */
  #merge(piece: string): number[] {
    const ranks = this.prepare();
    const whole = ranks.get(piece);
    if (whole !== undefined) return [whole];
    const parts = [...piece];
    for (;;) {
      let [best, at] = [Number.POSITIVE_INFINITY, -1];
      for (let index = 0; index + 1 < parts.length; index += 1) {
        const rank = ranks.get(`${parts[index]}${parts[index + 1]}`) ?? Number.POSITIVE_INFINITY;
        if (rank < best) [best, at] = [rank, index];
      }
      if (at === -1) return parts.map((part) => ranks.get(part) ?? 0);
      parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
    }
  }
}
