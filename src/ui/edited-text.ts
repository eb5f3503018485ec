import { promptText } from '../text/clean.ts';

/** A text that is being typed. `cursor`: UTF-16 units before it, never inside a grapheme. */
export interface EditedText {
  readonly text: string;
  readonly cursor: number;
}

export const EMPTY_TEXT: EditedText = { text: '', cursor: 0 };

/** What a key does to the text. */
export type Edit =
  | { kind: 'insert'; text: string }
  | { kind: 'left' | 'right' | 'up' | 'down' | 'word-left' | 'word-right' | 'start' | 'end' }
  | { kind: 'erase' | 'erase-next' | 'erase-word' | 'erase-to-start' | 'erase-to-end' };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** As much as a prompt may have; more is a mistake of the paste. */
const MAX_LENGTH = 100_000;

export function editedText(text: string): EditedText {
  return { text, cursor: text.length };
}

/** @param multiline false: line breaks become blanks */
export function edited({ text, cursor }: EditedText, edit: Edit, multiline: boolean): EditedText {
  const before = text.slice(0, cursor);
  const after = text.slice(cursor);
  switch (edit.kind) {
    case 'insert': {
      const fresh = typed(edit.text, multiline).slice(0, Math.max(0, MAX_LENGTH - text.length));
      return { text: before + fresh + after, cursor: cursor + fresh.length };
    }
    case 'left':
      return { text, cursor: previous(before) };
    case 'right':
      return { text, cursor: cursor + next(after) };
    case 'up':
    case 'down':
      return { text, cursor: vertical(text, cursor, edit.kind) };
    case 'word-left':
      return { text, cursor: wordStart(before) };
    case 'word-right':
      return { text, cursor: cursor + (/^\s*\S+/.exec(after)?.[0].length ?? after.length) };
    case 'start':
      return { text, cursor: lineStart(before) };
    case 'end':
      return { text, cursor: cursor + lineEnd(after) };
    case 'erase':
      return { text: before.slice(0, previous(before)) + after, cursor: previous(before) };
    case 'erase-next':
      return { text: before + after.slice(next(after)), cursor };
    case 'erase-word':
      return { text: before.slice(0, wordStart(before)) + after, cursor: wordStart(before) };
    case 'erase-to-start':
      return { text: before.slice(0, lineStart(before)) + after, cursor: lineStart(before) };
    case 'erase-to-end':
      return { text: before + after.slice(lineEnd(after)), cursor };
  }
}

/** What a keyboard or a paste brings: no control characters, line breaks as they are meant. */
function typed(text: string, multiline: boolean): string {
  const lines = promptText(text).replaceAll('\t', '    ');
  return multiline ? lines : lines.replace(/\n+/g, ' ');
}

/** Where the last grapheme begins. */
function previous(before: string): number {
  return graphemes.segment(before).containing(before.length - 1)?.index ?? 0;
}

/** Length of the first grapheme. */
function next(after: string): number {
  return graphemes.segment(after).containing(0)?.segment.length ?? 0;
}

function wordStart(before: string): number {
  return /\S*\s*$/.exec(before.trimEnd())?.index ?? 0;
}

function lineStart(before: string): number {
  return before.lastIndexOf('\n') + 1;
}

function lineEnd(after: string): number {
  const end = after.indexOf('\n');
  return end < 0 ? after.length : end;
}

/** To the same place of the line above or below; to the start or end of the text where there is none. */
function vertical(text: string, cursor: number, direction: 'up' | 'down'): number {
  const start = lineStart(text.slice(0, cursor));
  const column = cursor - start;
  if (direction === 'up') {
    if (start === 0) return 0;
    const above = lineStart(text.slice(0, start - 1));
    return boundary(text, Math.min(above + column, start - 1));
  }
  const end = cursor + lineEnd(text.slice(cursor));
  if (end === text.length) return text.length;
  const below = end + 1;
  return boundary(text, Math.min(below + column, below + lineEnd(text.slice(below))));
}

/** The beginning of the grapheme that this place is in. */
function boundary(text: string, place: number): number {
  return graphemes.segment(text).containing(place)?.index ?? place;
}
