import { cellText } from '../../text/clean.ts';
import { type Line, type Look, span, wrappedCode } from './cells.ts';

/** `add src/a.ts`, `update src/b.ts`: a request names each file before its patch. */
const FILE = /^(add|update|delete|move|rename) \S/;
const HUNK = /^@@/;

/** True for a patch, false for a command. */
export function isPatch(text: string): boolean {
  return FILE.test(text) || text.split('\n').some((line) => HUNK.test(line));
}

/**
 * Returns every line of a patch with its colours, broken at the width. An added file has no hunks: all its lines are
 * new.
 */
export function patchLines(text: string, width: number): Line[] {
  const lines = cellText(text).split('\n');
  const rows: Line[] = [];
  let whole: Look | null = null;
  for (const [index, line] of lines.entries()) {
    const begins = FILE.test(line) && (index === 0 || lines[index - 1] === '');
    if (begins) {
      const [kind = ''] = line.split(' ');
      const hunks = lines
        .slice(index + 1)
        .findIndex((each, at) => FILE.test(each) && lines[index + at] === '');
      const own = lines.slice(index + 1, hunks < 0 ? undefined : index + 1 + hunks);
      whole = own.some((each) => HUNK.test(each)) ? null : kind === 'delete' ? 'removed' : 'added';
      rows.push(...wrappedCode(line, 'strong', width));
      continue;
    }
    rows.push(...wrappedCode(line, whole ?? lookOf(line), width));
  }
  return rows;
}

function lookOf(line: string): Look {
  if (line.startsWith('+++') || line.startsWith('---')) return 'strong';
  if (HUNK.test(line)) return 'accent';
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return 'plain';
}

/** Returns a complete command, broken at the width. */
export function commandLines(text: string, width: number): Line[] {
  return cellText(text)
    .split('\n')
    .flatMap((line) => wrappedCode(line, 'code', width - 2).map((row) => [span('│ ', 'dim'), ...row]));
}
