import stringWidth from 'string-width';
import { graphemesIn } from './graphemes.ts';

/** Returns the columns of a line in a terminal, as most terminals draw it. */
export function widthOf(line: string): number {
  return stringWidth(line);
}

/** Returns the longest beginning of a line that fits, without cutting a character. */
export function headOf(line: string, columns: number): string {
  return takenOf(segments(line), columns).join('');
}

/**
 * Returns the line if it fits, else the part that fits with "…" for the rest.
 * @param keep the side that matters
 */
export function clip(line: string, columns: number, keep: 'beginning' | 'end' = 'beginning'): string {
  if (widthOf(line) <= columns) return line;
  if (columns < 1) return '';
  if (keep === 'beginning') return `${headOf(line, columns - 1).trimEnd()}…`;
  return `…${takenOf(segments(line).toReversed(), columns - 1)
    .toReversed()
    .join('')
    .trimStart()}`;
}

/**
 * Breaks a line at the width, never inside a character. A character wider than a row becomes "…".
 * @param first columns in the first row
 */
export function brokenAt(line: string, columns: number, first = columns): string[] {
  const rows = [''];
  let left = first;
  const put = (part: string, width: number): void => {
    if (width > columns) {
      // A cluster may be split into its characters; a single character that is too wide cannot be shown.
      const characters = [...part];
      if (characters.length === 1) put('…', 1);
      else for (const character of characters) put(character, widthOf(character));
      return;
    }
    if (width > left) {
      rows.push('');
      left = columns;
    }
    rows[rows.length - 1] += part;
    left -= width;
  };
  for (const segment of segments(line)) put(segment, widthOf(segment));
  return rows;
}

function segments(line: string): string[] {
  return Array.from(graphemesIn(line), ({ segment }) => segment);
}

function takenOf(all: readonly string[], columns: number): string[] {
  let left = columns;
  const end = all.findIndex((segment) => {
    left -= widthOf(segment);
    return left < 0;
  });
  return end < 0 ? [...all] : all.slice(0, end);
}
