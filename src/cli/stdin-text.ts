import { VoiceError } from '../errors.ts';
import { decodeText, EncodingProblem } from '../text/encoding.ts';

/** The most that is read from stdin, bytes: no prompt comes near it. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Returns the text that a verb was given: its words, or all of stdin where the only word is `-`.
 * @throws VoiceError usage: stdin is neither UTF-8 nor UTF-16 with its mark; prompt-too-long
 */
export async function textOf(words: readonly string[]): Promise<string> {
  return words.length === 1 && words[0] === '-' ? readStdin() : words.join(' ');
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) {
      const hint = 'Put the text into a file of the project and ask Codex to read it.';
      throw new VoiceError('prompt-too-long', 'The text from stdin is larger than 4 MB.', hint);
    }
    parts.push(part);
  }
  return stdinText(Buffer.concat(parts));
}

/** Decodes what came from stdin. @throws VoiceError usage */
export function stdinText(bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (!(error instanceof EncodingProblem)) throw error;
    const hint = 'Convert it, for example: iconv -f LATIN1 -t UTF-8 FILE | codex-voice ask -';
    const message = `The text from stdin cannot be read, line ${error.line}: ${error.message}.`;
    throw new VoiceError('usage', message, hint, { cause: error });
  }
}
