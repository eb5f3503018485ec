import type { MarkedToken, Token, Tokens } from 'marked';
import { plainText } from '../plain-text.ts';
import { linkTarget, saysHost } from '../text/link-label.ts';
import { codeLine, type RichText, type Span, unstyled } from './rich-text.ts';

/** Takes Markdown apart. */
export type MarkdownLexer = (text: string) => Token[];

/** Loaded when the first answer is on its way: the start of the program does not wait for it. */
export async function loadMarkdownLexer(): Promise<MarkdownLexer> {
  const { Lexer } = await import('marked');
  return (text) => new Lexer({ gfm: true }).lex(text);
}

type Style = Omit<Span, 'text'>;
type Lines = Span[][];

/** More than any bubble shows of an answer, UTF-16 units; what follows costs time only. */
const LONGEST = 16_000;
/** A table that is wider is shown cell after cell: bubbles have about so many columns. */
const WIDEST_TABLE = 44;
const BLANK = '\u00a0';
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: BLANK };

/**
 * Untrusted Markdown as styled lines: headings bold, lists with bullets, code as it is, tables in columns where they
 * are narrow. Line ends stay line ends. Whatever cannot be read as Markdown is shown as it was written.
 * @param lexer null: not loaded yet
 */
export function readMarkdown(markdown: string, lexer: MarkdownLexer | null): RichText {
  const text = plainText(markdown).slice(0, LONGEST);
  if (lexer === null) return unstyled(text);
  try {
    return trimmed(blocks(lexer(text)));
  } catch {
    // marked 18 recurses: thousands of nested quotes are too many for it.
    return unstyled(text);
  }
}

/** Markdown that is still being written, with what is open at its end closed: it does not flicker while it grows. */
export function closeMarkdown(markdown: string): string {
  const fences = markdown.match(/^ {0,3}(```|~~~)/gm)?.length ?? 0;
  if (fences % 2 === 1) return markdown;
  const start = markdown.lastIndexOf('\n\n') + 1;
  const before = markdown.slice(0, start);
  let last = markdown.slice(start).replace(/[ \t]*(?:\n[ \t]*)?(?:[*_`~]+|`{1,2}|\[|!\[|#{1,6})$/, '');
  if (count(last, /`/g) % 2 === 1) return `${before}${last}\``;
  last = last.replace(/!?\[([^\]\n]*)\]\([^)\s]*$/, '$1').replace(/(^|[\s(])!?\[([^\]\n]*)\]?$/, '$1$2');
  const words = last.replace(/`[^`]*`/g, '');
  if (count(words, /\*\*/g) % 2 === 1) return `${before}${last}**`;
  if (/(^|[\s(])\*[^\s*][^*\n]*$/.test(words.replace(/\*\*/g, ''))) return `${before}${last}*`;
  return before + last;
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

function blocks(tokens: readonly Token[]): Lines {
  const lines: Lines = [];
  let before: Token['type'] | null = null;
  for (const token of tokens) {
    if (token.type === 'space' || token.type === 'def') continue;
    const own = block(token as MarkedToken);
    if (own.length === 0) continue;
    const apart = token.type === 'heading' || (before === 'paragraph' && token.type === 'paragraph');
    if (before !== null && apart) lines.push([]);
    lines.push(...own);
    before = token.type;
  }
  return lines;
}

function block(token: MarkedToken): Lines {
  switch (token.type) {
    case 'heading':
      return inline(token.tokens, { bold: true });
    case 'paragraph':
      return inline(token.tokens, {});
    case 'text':
      return token.tokens ? inline(token.tokens, {}) : textLines(token.text, {});
    case 'code':
      return token.text.split('\n').map((line) => [codeLine(line)]);
    case 'list':
      return list(token);
    case 'blockquote':
      return blocks(token.tokens).map((line) => [{ text: '│ ' }, ...line]);
    case 'table':
      return table(token);
    case 'hr':
      return [[{ text: '──────────' }]];
    default:
      return textLines('raw' in token ? token.raw.trim() : '', {});
  }
}

function list({ items, ordered, start }: Tokens.List): Lines {
  const first = typeof start === 'number' ? start : 1;
  return items.flatMap((item, index) => {
    const box = item.task ? (item.checked ? '☑ ' : '☐ ') : '• ';
    const mark = ordered ? `${first + index}. ` : box;
    const content = item.tokens.filter(({ type }) => type !== 'checkbox');
    const [line = [], ...rest] = blocks(content);
    const indent = BLANK.repeat(mark.length + 1);
    return [[{ text: mark }, ...line], ...rest.map((each) => [{ text: indent }, ...each])];
  });
}

function table({ header, rows }: Tokens.Table): Lines {
  const cells = [header, ...rows].map((row) => row.map((cell) => lineText(inline(cell.tokens, {}))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const width = widths.reduce((sum, each) => sum + each + 2, 0);
  if (width <= WIDEST_TABLE) {
    return cells.map((row, index) => {
      const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0, BLANK)).join(BLANK.repeat(2));
      return [{ text: BLANK + padded.trimEnd(), code: true, ...(index === 0 && { bold: true }) }];
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

function lineText(lines: Lines): string {
  return lines.map((line) => line.map(({ text }) => text).join('')).join(' ');
}

function inline(tokens: readonly Token[] | undefined, style: Style): Lines {
  const lines: Lines = [[]];
  for (const token of tokens ?? []) {
    const [first = [], ...rest] = part(token as MarkedToken, style);
    lines.at(-1)?.push(...first);
    lines.push(...rest);
  }
  return lines;
}

function part(token: MarkedToken, style: Style): Lines {
  switch (token.type) {
    case 'strong':
      return inline(token.tokens, { ...style, bold: true });
    case 'em':
      return inline(token.tokens, { ...style, italic: true });
    case 'del':
      return inline(token.tokens, style);
    case 'codespan':
      return textLines(token.text, { ...style, code: true }, false);
    case 'br':
      return [[], []];
    case 'link':
      return link(token, style);
    case 'image':
      return textLines(token.text || 'image', { ...style, italic: true });
    case 'text':
      return token.tokens ? inline(token.tokens, style) : textLines(token.text, style);
    case 'escape':
      return textLines(token.text, style);
    default:
      return textLines(token.raw, style);
  }
}

/** A link says where it leads, unless its text does: what an answer calls it is not to be trusted. */
function link({ href, tokens }: Tokens.Link, style: Style): Lines {
  const target = linkTarget(href);
  if (target === null) return inline(tokens, style);
  const lines = inline(tokens, { ...style, link: target.address });
  if (!saysHost(lineText(lines), target)) lines.at(-1)?.push({ ...style, text: ` (${target.host})` });
  return lines;
}

function textLines(text: string, style: Style, entities = true): Lines {
  const decoded = entities ? text.replace(/&(#39|\w{2,4});/g, (all, name) => ENTITIES[name] ?? all) : text;
  return decoded.split('\n').map((line) => (line === '' ? [] : [{ ...style, text: line }]));
}

function trimmed(lines: Lines): RichText {
  const isEmpty = (line: Span[]): boolean => line.every(({ text }) => text.trim() === '');
  const first = lines.findIndex((line) => !isEmpty(line));
  const last = lines.findLastIndex((line) => !isEmpty(line));
  return first < 0 ? [] : lines.slice(first, last + 1);
}
