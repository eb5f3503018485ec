import { type Evidence, isInvented, wordsOf } from './invented.ts';
import { withoutNotes } from './sound-notes.ts';

const MUSIC = /[♩-♬]/gu;
const CONTROL = /\p{Cc}/gu;
/** Invisible: bidirectional overrides, tags, zero widths, but for the joiners that scripts and emoji need. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}|\ufffd/gu;

/**
 * Returns the prompt that a transcript makes, or null when nobody said anything. One line without control characters,
 * invisible characters and an engine's notes on sounds.
 */
export function promptOf(transcript: string, heard: Evidence): string | null {
  const text = clean(transcript);
  if (wordsOf(text).length === 0 || isInvented(text, heard)) return null;
  return text;
}

function clean(transcript: string): string {
  const visible = transcript.toWellFormed().replace(CONTROL, ' ').replace(INVISIBLE, '').replace(MUSIC, ' ');
  return withoutNotes(visible)
    .replace(/\s+/gu, ' ')
    .replace(/ (?=[.,!?](?: |$))/gu, '')
    .trim();
}
