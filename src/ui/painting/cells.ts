import { cellText } from '../../text/clean.ts';
import { brokenAt, headOf, widthOf } from '../../text/width.ts';

/** The meaning of a text; the theme decides how it looks. */
export type Look =
  | 'plain'
  | 'strong'
  | 'dim'
  | 'emphasis'
  | 'struck'
  | 'code'
  | 'link'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'added'
  | 'removed'
  | 'chosen';

/** Text with one look. `span` makes sure that its width in cells is known. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** One row of the screen. */
export type Line = readonly Span[];

/** The whole screen: exactly as many lines as rows, none wider than the terminal. */
export interface Screen {
  lines: Line[];
  /** The cursor of a field; zero-based. */
  cursor: { x: number; y: number } | null;
}

/** Returns untrusted text in one line, safe for cells. */
export function cellLine(text: string): string {
  return cellText(text).replace(/\s+/g, ' ').trim();
}

/** Turns untrusted text into a span; line breaks become spaces. */
export function span(text: string, look: Look = 'plain'): Span {
  return { text: cellText(text).replace(/\n/g, ' '), look };
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + widthOf(text), 0);
}

/** Returns the line, or its beginning and an ellipsis. */
export function cut(line: Line, cells: number): Line {
  if (lineWidth(line) <= cells) return line;
  const parts: Span[] = [];
  let left = cells - 1;
  for (const { text, look } of line) {
    const head = headOf(text, left);
    if (head !== '') parts.push({ text: head, look });
    left -= widthOf(head);
    if (head !== text) break;
  }
  return cells < 1 ? [] : [...parts, { text: '…', look: 'dim' }];
}

export function blank(cells: number): Span {
  return { text: ' '.repeat(Math.max(0, cells)), look: 'plain' };
}

/** Returns a line of exactly this width, shortened or filled with spaces. */
export function fitted(line: Line, cells: number): Line {
  const short = cut(line, cells);
  const missing = cells - lineWidth(short);
  return missing > 0 ? [...short, blank(missing)] : short;
}

/** Joins a left and a right part in one line; the right part is left out first. */
export function ends(left: Line, right: Line, cells: number): Line {
  const room = cells - lineWidth(right) - 2;
  if (room < Math.min(lineWidth(left), 12)) return cut(left, cells);
  const head = cut(left, room);
  return [...head, blank(cells - lineWidth(head) - lineWidth(right)), ...right];
}

/** Spaces, and the text between them. */
const PIECES = /\s+|[^\s]+/gu;

/** Breaks spans into lines of this width, at spaces if possible. */
export function wrapped(spans: Line, cells: number): Line[] {
  const width = Math.max(1, cells);
  const lines: Span[][] = [[]];
  let used = 0;
  const breakLine = (): void => {
    lines.push([]);
    used = 0;
  };
  const put = (text: string, look: Look): void => {
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (line && last?.look === look) line[line.length - 1] = { text: last.text + text, look };
    else line?.push({ text, look });
    used += widthOf(text);
  };
  for (const { text, look } of spans) {
    for (const [piece] of text.matchAll(PIECES)) {
      const room = width - used;
      if (/^\s/.test(piece)) {
        if (used > 0) put(widthOf(piece) <= room ? piece : ' '.repeat(room), look);
        else if (lines.length === 1) put(headOf(piece, width), look);
        continue;
      }
      const wide = widthOf(piece);
      if (wide > room && used > 0 && (wide <= width || room < 8)) breakLine();
      for (const [index, row] of brokenAt(piece, width, width - used).entries()) {
        if (index > 0) breakLine();
        if (row !== '') put(row, look);
      }
    }
  }
  return lines.map(trimmed);
}

/** Removes spaces at the end. */
function trimmed(line: Line): Line {
  const last = line.at(-1);
  if (!last || last.text.trimEnd() === last.text) return line;
  const text = last.text.trimEnd();
  return text === '' ? trimmed(line.slice(0, -1)) : [...line.slice(0, -1), { text, look: last.look }];
}

/** Breaks lines only at the width: code, commands, patches. */
export function wrappedCode(text: string, look: Look, cells: number): Line[] {
  return brokenAt(text, Math.max(1, cells)).map((row) => [{ text: row, look }]);
}

/** Returns the plain text of a line. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Gives the words another look, ignoring case. */
export function marked(line: Line, words: readonly string[], look: Look): Line {
  if (words.length === 0) return line;
  const pattern = new RegExp(words.map(escaped).join('|'), 'giu');
  return line.flatMap((each): Span[] => {
    const parts: Span[] = [];
    let at = 0;
    for (const match of each.text.matchAll(pattern)) {
      if (match[0] === '') continue;
      if (match.index > at) parts.push({ text: each.text.slice(at, match.index), look: each.look });
      parts.push({ text: match[0], look });
      at = match.index + match[0].length;
    }
    if (at < each.text.length) parts.push({ text: each.text.slice(at), look: each.look });
    return parts;
  });
}

/** Limits a scroll position to the length of the text. */
export function clampedScroll(scroll: number, total: number, height: number): number {
  return Math.max(0, Math.min(scroll, total - height));
}
