import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, VoiceError } from '../errors.ts';
import { decodeText, EncodingProblem } from '../text/encoding.ts';

/** Longer lists are cut off. */
export const MOST_LIST_BYTES = 64 * 1024;

/** The path of the user's own list, beside config.toml. */
export function ownList(config: string): string {
  return join(dirname(config), 'vocabulary.txt');
}

/**
 * Reads a list of words; one that does not exist is empty.
 * @throws VoiceError config-unreadable, config-invalid
 */
export async function readWordList(file: string): Promise<string[]> {
  try {
    return wordsOf(await readFile(file), file);
  } catch (error) {
    if (error instanceof VoiceError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    const reason = messageOf(error);
    const hint = 'Make it a file that you may read. Its words are left out until then.';
    throw new VoiceError('config-unreadable', `${file} cannot be read: ${reason}.`, hint, { cause: error });
  }
}

/**
 * The words of a list: one a line, `#` begins a comment. It is UTF-8, or UTF-16 with its byte order mark.
 * @param file for the message
 * @throws VoiceError config-invalid naming line and byte
 */
export function wordsOf(bytes: Uint8Array, file: string): string[] {
  try {
    return wordList(decodeText(bytes));
  } catch (error) {
    if (!(error instanceof EncodingProblem)) throw error;
    const hint = 'Save it as UTF-8. Its words are left out until then.';
    throw new VoiceError('config-invalid', `${file}:${error.line}: ${error.message}.`, hint, {
      cause: error,
    });
  }
}

function wordList(text: string): string[] {
  return text
    .slice(0, MOST_LIST_BYTES)
    .split('\n')
    .map((line) =>
      line
        .replace(/(?:^|\s)#.*/u, '')
        .replaceAll(/\p{C}/gu, '')
        .trim(),
    )
    .filter((line) => line !== '' && line.length <= 64);
}
