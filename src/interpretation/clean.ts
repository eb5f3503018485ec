import { spokenText } from '../text/clean.ts';
import { type Evidence, isInvented, wordsOf } from './invented.ts';
import { withoutNotes } from './sound-notes.ts';

const MUSIC = /[♩-♬]/gu;

/**
 * Returns the prompt of a transcript: one line without control characters, invisible characters and an engine's notes
 * on sounds. Null when nothing was said.
 */
export function promptOf(transcript: string, heard: Evidence): string | null {
  const text = clean(transcript);
  if (wordsOf(text).length === 0 || isInvented(text, heard)) return null;
  return text;
}

function clean(transcript: string): string {
  return withoutNotes(spokenText(transcript).replace(MUSIC, ' '))
    .replace(/\s+/gu, ' ')
    .replace(/ (?=[.,!?](?: |$))/gu, '')
    .trim();
}
