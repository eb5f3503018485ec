import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { ggmlModel } from './ggml-model.ts';

/** Words and parts of words in the vocabulary of an English Whisper; the special tokens follow. */
const ENGLISH_TOKENS = 50_256;
/** Bytes and values of a block, by ggml's number of the type: f32, f16, q8_0. */
const BLOCKS: Record<number, [bytes: number, values: number]> = { 0: [4, 1], 1: [2, 1], 8: [34, 32] };

/**
 * Writes a multilingual model: tiny.en with one more token before the special ones, which is all that makes Whisper
 * multilingual to a program that loads it (n_vocab 51,865). It understands English as before; of languages it knows the
 * names alone. Real multilingual weights are 40 MB and more.
 * @param to the path of the file, in whisper.cpp's format
 */
export async function writeMultilingualModel(to: string): Promise<void> {
  const model = readFileSync(ggmlModel.path);
  const parts: Buffer[] = [];
  let at = 0;
  let kept = 0;
  const int = (): number => {
    at += 4;
    return model.readInt32LE(at - 4);
  };
  const replaceInt = (offset: number, change: (value: number) => number): void => {
    const value = Buffer.alloc(4);
    value.writeInt32LE(change(model.readInt32LE(offset)));
    parts.push(model.subarray(kept, offset), value);
    kept = offset + 4;
  };
  const insert = (offset: number, bytes: Buffer): void => {
    parts.push(model.subarray(kept, offset), bytes);
    kept = offset;
  };
  const oneMore = (value: number): number => value + 1;
  // The magic number, n_vocab, and ten more.
  replaceInt(4, oneMore);
  at = 12 * 4;
  const [mels, bins] = [int(), int()];
  at += mels * bins * 4;
  // The vocabulary lists one more word already: English models have the end of a text in it.
  for (let words = int(); words > 0; words -= 1) {
    const length = int();
    at += length;
  }
  while (at < model.length) {
    const [dimensions, nameLength, type] = [int(), int(), int()];
    const sizes = Array.from({ length: dimensions }, int);
    const name = model.toString('utf8', at, at + nameLength);
    at += nameLength;
    const [bytes, values] = BLOCKS[type] ?? [];
    if (bytes === undefined || values === undefined) throw new Error(`${name} is of an unknown type ${type}`);
    const row = ((sizes[0] ?? 0) / values) * bytes;
    if (name === 'decoder.token_embedding.weight') {
      replaceInt(at - nameLength - 4, oneMore);
      // No token is like it: it is never the best.
      insert(at + ENGLISH_TOKENS * row, Buffer.alloc(row));
    }
    at += row * sizes.slice(1).reduce((product, size) => product * size, 1);
  }
  await writeFile(to, Buffer.concat([...parts, model.subarray(kept)]));
}
