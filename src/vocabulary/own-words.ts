import { readFileSync, realpathSync } from 'node:fs';
import { VoiceError } from '../errors.ts';
import { replaceFile } from '../files/private-files.ts';
import { decodeText } from '../text/encoding.ts';
import type { English } from './english.ts';
import { isCompound } from './parts.ts';
import { MOST_LIST_BYTES, wordsOf } from './word-list.ts';

/** Longest word, UTF-16 units; longer lines of a list are left out. */
const LONGEST = 64;
const MOST_WORDS = 4;

/** Returns the word or name as a list may have it; null: it is plain English, or no word. */
export function memorableWord(text: string, english: Pick<English, 'isWord'>): string | null {
  const word = text.replaceAll(/\p{C}/gu, ' ').replaceAll(/\s+/gu, ' ').trim();
  // A list has comments after "#", and a name that begins with "/" or "!" could be a command in Codex's composer.
  if (word.length > LONGEST || !/\p{L}.*\p{L}/u.test(word) || /^[/!]|#/u.test(word)) return null;
  const parts = word.replaceAll(/['’]/gu, '').split(' ');
  if (parts.length > MOST_WORDS) return null;
  const strange = parts.some(
    (part) => isCompound(part) || !english.isWord(part.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')),
  );
  return strange ? word : null;
}

/**
 * Adds a word to the user's list, unless it is there. The file is replaced atomically, and private; other lines stay.
 * @throws VoiceError config-invalid: it is not UTF-8; config-unreadable; state-unwritable; usage: it is full
 */
export function addToList(file: string, word: string): void {
  const bytes = read(file);
  if (wordsOf(bytes, file).includes(word)) return;
  const text = decodeText(bytes);
  const next = `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${word}\n`;
  if (next.length > MOST_LIST_BYTES)
    throw new VoiceError('usage', `${file} is full.`, 'Remove words that you no longer need.');
  replaceFile(target(file), next);
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Uint8Array();
    const hint = 'Make it a file that you may read and write.';
    throw new VoiceError('config-unreadable', `${file} cannot be read.`, hint, { cause: error });
  }
}

/** A list may be a link into a folder of settings; the link stays. */
function target(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
