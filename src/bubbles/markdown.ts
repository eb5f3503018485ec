import { codeLine, type RichText, type Span, unstyled } from '../notifications/rich-text.ts';
import { displayText } from '../text/clean.ts';
import type { Block, Lines, ListItem, MarkdownReader, Words } from '../text/markdown.ts';

/** The reader of Markdown. It is loaded with the first answer, because the start must not wait for it. */
export class LazyMarkdownReader {
  readonly #onError: (error: unknown) => void;
  #read: MarkdownReader | null = null;
  #loading: Promise<void> | null = null;

  /** @param onError called when it cannot be loaded */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** null: not loaded yet, or it cannot be loaded. */
  get read(): MarkdownReader | null {
    return this.#read;
  }

  /** Loads it once. Never rejects. */
  load(): Promise<void> {
    this.#loading ??= import('../text/markdown.ts').then(({ readMarkdown }) => {
      this.#read = readMarkdown;
    }, this.#onError);
    return this.#loading;
  }
}

type Rows = Span[][];

/** More than any notification shows of an answer, UTF-16 units; parsing more only costs time. */
const LONGEST = 16_000;
/** Wider tables are shown cell by cell: notifications have about this many columns. */
const WIDEST_TABLE = 44;
const NBSP = '\u00a0';

/**
 * Returns untrusted Markdown as styled lines: bold headings, bulleted lists, code unchanged, narrow tables in columns.
 * Line breaks are kept. Text that cannot be parsed is shown unchanged.
 * @param read null: not loaded yet
 */
export function bubbleMarkdown(markdown: string, read: MarkdownReader | null): RichText {
  const text = displayText(markdown).slice(0, LONGEST);
  if (read === null) return unstyled(text);
  try {
    return trimmed(rowsOf(read(text)));
  } catch {
    // marked 18 recurses, and thousands of nested quotes overflow its stack.
    return unstyled(text);
  }
}

function rowsOf(blocks: readonly Block[]): Rows {
  const rows: Rows = [];
  let before: Block | null = null;
  for (const block of blocks) {
    const own = blockRows(block);
    if (own.length === 0) continue;
    const apart = block.kind === 'heading' || (isParagraph(before) && isParagraph(block));
    if (before !== null && apart) rows.push([]);
    rows.push(...own);
    before = block;
  }
  return rows;
}

function isParagraph(block: Block | null): boolean {
  return block?.kind === 'paragraph' && !block.tight;
}

function blockRows(block: Block): Rows {
  switch (block.kind) {
    case 'heading':
      return spansOf(block.lines, true);
    case 'paragraph':
      return spansOf(block.lines);
    case 'code':
      return block.text.split('\n').map((line) => [codeLine(line)]);
    case 'html':
      return unstyled(block.text).map((row) => [...row]);
    case 'list':
      return block.items.flatMap((item, index) => itemRows(item, block.first, index));
    case 'quote':
      return rowsOf(block.blocks).map((row) => [{ text: '│ ' }, ...row]);
    case 'table':
      return tableRows(block.header, block.rows);
    case 'rule':
      return [[{ text: '──────────' }]];
  }
}

function itemRows({ checked, blocks }: ListItem, first: number | null, index: number): Rows {
  const box = checked === null ? '• ' : checked ? '☑ ' : '☐ ';
  const mark = first === null ? box : `${first + index}. `;
  const [row = [], ...rest] = rowsOf(blocks);
  const indent = NBSP.repeat(mark.length + 1);
  return [[{ text: mark }, ...row], ...rest.map((each) => [{ text: indent }, ...each])];
}

function tableRows(header: readonly Lines[], rows: readonly (readonly Lines[])[]): Rows {
  const cells = [header, ...rows].map((row) => row.map(textOf));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const width = widths.reduce((sum, each) => sum + each + 2, 0);
  if (width <= WIDEST_TABLE) {
    return cells.map((row, index) => {
      const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0, NBSP)).join(NBSP.repeat(2));
      return [{ text: NBSP + padded.trimEnd(), code: true, ...(index === 0 && { bold: true }) }];
    });
  }
  const [names = [], ...others] = cells;
  return others.map((row) => {
    return row.flatMap((cell, column): Span[] => {
      const name = names[column] ?? '';
      return [{ text: `${column === 0 ? '• ' : ', '}${name}: ` }, { text: cell, bold: column === 0 }];
    });
  });
}

function textOf(lines: Lines): string {
  return spansOf(lines)
    .map((row) => row.map(({ text }) => text).join(''))
    .join(' ');
}

function spansOf(lines: Lines, bold = false): Rows {
  return lines.map((line) => line.flatMap((words) => spanOf(words, bold)));
}

function spanOf(words: Words, heading: boolean): Span[] {
  const { text, strong, emphasis, code, image, link, note } = words;
  const style = {
    ...((strong || heading) && { bold: true }),
    ...((emphasis || image) && { italic: true }),
    ...(code && { code: true }),
  };
  if (note) return link?.target ? [{ ...style, text: ` (${link.target.host})` }] : [];
  const address = image ? undefined : link?.target?.address;
  return [{ ...style, text, ...(address !== undefined && { link: address }) }];
}

function trimmed(rows: Rows): RichText {
  const isEmpty = (row: Span[]): boolean => row.every(({ text }) => text.trim() === '');
  const first = rows.findIndex((row) => !isEmpty(row));
  const last = rows.findLastIndex((row) => !isEmpty(row));
  return first < 0 ? [] : rows.slice(first, last + 1);
}
