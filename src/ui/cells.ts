import { cellText } from '../text/clean.ts';
import { brokenAt, headOf, widthOf } from '../text/width.ts';

/** What a piece of text means; the theme says how that looks. */
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

/** Text of one look. Its text has only what takes a known number of cells: `span` sees to that. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** One row of the screen. */
export type Line = readonly Span[];

/** All that is seen: exactly as many lines as there are rows, none wider than the terminal. */
export interface Screen {
  lines: Line[];
  /** Where a text is being typed; zero-based. */
  cursor: { x: number; y: number } | null;
}

/** Untrusted text as it fits into cells, in one line. */
export function cellLine(text: string): string {
  return cellText(text).replace(/\s+/g, ' ').trim();
}

/** Untrusted text becomes a span; a line break in it a blank. */
export function span(text: string, look: Look = 'plain'): Span {
  return { text: cellText(text).replace(/\n/g, ' '), look };
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + widthOf(text), 0);
}

/** The line itself, or its beginning and an ellipsis. */
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

/** Exactly so many cells: cut, or filled up with blanks. */
export function fitted(line: Line, cells: number): Line {
  const short = cut(line, cells);
  const missing = cells - lineWidth(short);
  return missing > 0 ? [...short, blank(missing)] : short;
}

/** One line with something at each end; what is at the right end goes first when there is no room. */
export function ends(left: Line, right: Line, cells: number): Line {
  const room = cells - lineWidth(right) - 2;
  if (room < Math.min(lineWidth(left), 12)) return cut(left, cells);
  const head = cut(left, room);
  return [...head, blank(cells - lineWidth(head) - lineWidth(right)), ...right];
}

/** Blanks, and what is between them; a wide character may be broken behind. */
const PIECES = /\s+|[^\s]+/gu;

/** Spans as lines of at most so many cells, broken at blanks where there are any. */
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

/** Without the blanks at its end. */
function trimmed(line: Line): Line {
  const last = line.at(-1);
  if (!last || last.text.trimEnd() === last.text) return line;
  const text = last.text.trimEnd();
  return text === '' ? trimmed(line.slice(0, -1)) : [...line.slice(0, -1), { text, look: last.look }];
}

/** Lines as they are, each broken only where the width ends: code, commands, patches. */
export function wrappedCode(text: string, look: Look, cells: number): Line[] {
  return brokenAt(text, Math.max(1, cells)).map((row) => [{ text: row, look }]);
}

/** The text of lines, for those who look for something in it. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The same line with these words in another look, whatever their case. */
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

/** How far a text of so many rows is scrolled in a view of so many. */
export function clampedScroll(scroll: number, total: number, height: number): number {
  return Math.max(0, Math.min(scroll, total - height));
}
