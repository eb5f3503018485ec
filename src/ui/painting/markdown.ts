import { cellText } from '../../text/clean.ts';
import { type Block, type Lines, readMarkdown, type Words } from '../../text/markdown.ts';
import { type Line, type Look, span, wrapped, wrappedCode } from './cells.ts';
import { tableLines } from './markdown-table.ts';

/** Deeper lists and quotations are shown at this depth, so that text never gets too narrow. */
const MAX_DEPTH = 8;
/** Columns for text at any depth. */
const MIN_WIDTH = 12;

/** Returns Markdown, even unfinished, as lines of this width. */
export function markdownLines(text: string, width: number): Line[] {
  const source = cellText(text);
  try {
    return linesOf(readMarkdown(source), width, 0);
  } catch {
    // Nested too deep for the reader.
    return source.split('\n').flatMap((line) => wrapped([span(line)], width));
  }
}

function linesOf(blocks: readonly Block[], width: number, depth: number): Line[] {
  const lines: Line[] = [];
  for (const block of blocks) {
    const own = blockLines(block, width, depth);
    if (own.length === 0) continue;
    const tight = (block.kind === 'paragraph' && block.tight) || (block.kind === 'list' && depth > 0);
    if (lines.length > 0 && !tight) lines.push([]);
    lines.push(...own);
  }
  return lines;
}

function blockLines(block: Block, width: number, depth: number): Line[] {
  switch (block.kind) {
    case 'heading':
      return wrapped(joined(block.lines, block.depth <= 2 ? 'accent' : 'strong'), width);
    case 'paragraph':
      return block.lines.flatMap((line) => wrapped(spansOf(line), width));
    case 'code':
      return codeLines(block.text, block.language, width);
    case 'html':
      return block.text.split('\n').flatMap((line) => wrapped([span(line, 'dim')], width));
    case 'list':
      return listLines(block, width, depth);
    case 'quote':
      if (depth >= MAX_DEPTH || width <= MIN_WIDTH) return linesOf(block.blocks, width, MAX_DEPTH);
      return linesOf(block.blocks, width - 2, depth + 1).map((line) => [span('▏ ', 'dim'), ...line]);
    case 'table': {
      const cellOf = (lines: Lines): Line => joined(lines);
      return tableLines(
        block.header.map(cellOf),
        block.rows.map((row) => row.map(cellOf)),
        block.align,
        width,
      );
    }
    case 'rule':
      return [[span('─'.repeat(Math.min(width, 24)), 'dim')]];
  }
}

function codeLines(text: string, language: string, width: number): Line[] {
  const name = span(language).text;
  const title: Line[] = name === '' ? [] : wrappedCode(name, 'dim', width - 2);
  const lines = text.split('\n').flatMap((line) => wrappedCode(line, lookOfCode(line, language), width - 2));
  return [...title, ...lines].map((line) => [span('│ ', 'dim'), ...line]);
}

/** Colours the lines of a patch. */
function lookOfCode(line: string, language: string): Look {
  if (language !== 'diff' && language !== 'patch') return 'code';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'dim';
}

function listLines(
  { items, first, loose }: Extract<Block, { kind: 'list' }>,
  width: number,
  depth: number,
): Line[] {
  const digits = String((first ?? 1) + items.length - 1).length;
  return items.flatMap(({ checked, blocks }, index) => {
    const box = checked === null ? '' : checked ? '[x] ' : '[ ] ';
    const mark = `${first === null ? '•' : `${String(first + index).padStart(digits)}.`} ${box}`;
    const deep = depth >= MAX_DEPTH || width - mark.length < MIN_WIDTH;
    const content = linesOf(blocks, deep ? width : width - mark.length, depth + 1);
    const indented: Line[] = deep
      ? content
      : (content.length > 0 ? content : [[]]).map((line, row) => [
          span(row === 0 ? mark : ' '.repeat(mark.length), 'dim'),
          ...line,
        ]);
    return loose && index > 0 ? [[], ...indented] : indented;
  });
}

/** Joins lines, for places with only one. */
function joined(lines: Lines, look: Look = 'plain'): Line {
  return lines.flatMap((line, index) =>
    index === 0 ? spansOf(line, look) : [span(' '), ...spansOf(line, look)],
  );
}

function spansOf(line: readonly Words[], look: Look = 'plain'): Line {
  return line.flatMap((words, index) => {
    if (!words.note && !words.image) return [span(words.text, lookOf(words, look))];
    const label = words.image ? [span(`[image: ${words.text}]`, look)] : [];
    const shown = span(words.link?.target?.address ?? words.link?.href ?? '').text;
    const said = words.image ? words.text : labelBefore(line, index);
    return shown === '' || shown === span(said).text ? label : [...label, span(` (${shown})`, 'dim')];
  });
}

/** The label of the link that a note belongs to. */
function labelBefore(line: readonly Words[], note: number): string {
  const own = line.slice(0, note).filter(({ link }) => link === line[note]?.link);
  return own.map(({ text }) => text).join('');
}

function lookOf({ code, struck, link, strong, emphasis }: Words, look: Look): Look {
  if (code) return 'code';
  if (struck) return 'struck';
  if (link) return 'link';
  if (strong) return look === 'accent' ? 'accent' : 'strong';
  return emphasis && look === 'plain' ? 'emphasis' : look;
}
