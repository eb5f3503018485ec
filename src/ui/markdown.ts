import { Lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { linkTarget, saysHost } from '../text/link-label.ts';
import { clean, type Line, type Look, type Span, span, wrapped, wrappedCode } from './cells.ts';
import { tableLines } from './markdown-table.ts';

/** Deeper lists and quotations are shown at this depth: a text cannot squeeze itself into one column. */
const MAX_DEPTH = 8;
/** Columns that are left for the text at any depth. */
const MIN_WIDTH = 12;

/**
 * Markdown, as far as it has come, as lines of at most so many cells. The text is untrusted: it is cleaned before it
 * is read, and again what its entities stand for.
 */
export function markdownLines(text: string, width: number): Line[] {
  const source = clean(text);
  try {
    return blocks(new Lexer({ gfm: true }).lex(source), width, 0);
  } catch {
    // Nested beyond what the lexer bears.
    return source.split('\n').flatMap((line) => wrapped([span(line)], width));
  }
}

function blocks(tokens: readonly Token[], width: number, depth: number): Line[] {
  const lines: Line[] = [];
  for (const token of tokens as readonly MarkedToken[]) {
    if (token.type === 'space' || token.type === 'def') continue;
    const block = blockLines(token, width, depth);
    if (block.length === 0) continue;
    const tight = token.type === 'text' || (token.type === 'list' && depth > 0);
    if (lines.length > 0 && !tight) lines.push([]);
    lines.push(...block);
  }
  return lines;
}

function blockLines(token: MarkedToken, width: number, depth: number): Line[] {
  switch (token.type) {
    case 'heading':
      return wrapped(inline(token.tokens, token.depth <= 2 ? 'accent' : 'strong'), width);
    case 'code':
      return codeLines(token, width);
    case 'list':
      return listLines(token, width, depth);
    case 'blockquote': {
      if (depth >= MAX_DEPTH || width <= MIN_WIDTH) return blocks(token.tokens, width, MAX_DEPTH);
      return blocks(token.tokens, width - 2, depth + 1).map((line) => [span('▏ ', 'dim'), ...line]);
    }
    case 'table': {
      const cellOf = ({ tokens }: Tokens.TableCell): Line => inline(tokens, 'plain');
      return tableLines(
        token.header.map(cellOf),
        token.rows.map((row) => row.map(cellOf)),
        token.align,
        width,
      );
    }
    case 'hr':
      return [[span('─'.repeat(Math.min(width, 24)), 'dim')]];
    case 'html':
      return token.text
        .trimEnd()
        .split('\n')
        .flatMap((line) => wrapped([span(line, 'dim')], width));
    case 'paragraph':
      return paragraph(inline(token.tokens, 'plain'), width);
    case 'text':
      return paragraph(token.tokens ? inline(token.tokens, 'plain') : [span(entities(token.text))], width);
    default:
      return paragraph([span(token.raw)], width);
  }
}

/** Spans whose line breaks have been marked, see `BREAK`. */
function paragraph(spans: Line, width: number): Line[] {
  const lines: Span[][] = [[]];
  for (const each of spans) {
    if (each === BREAK) lines.push([]);
    else lines.at(-1)?.push(each);
  }
  return lines.flatMap((line) => wrapped(line, width));
}

function codeLines({ text, lang }: Tokens.Code, width: number): Line[] {
  const bar = span('│ ', 'dim');
  const name = span((lang ?? '').split(/\s/)[0] ?? '');
  const title: Line[] = name.text === '' ? [] : wrappedCode(name.text, 'dim', width - 2);
  const lines = text.split('\n').flatMap((line) => wrappedCode(line, lookOfCode(line, lang), width - 2));
  return [...title, ...lines].map((line) => [bar, ...line]);
}

/** The lines of a patch have their colours. */
function lookOfCode(line: string, lang: string | undefined): Look {
  if (lang !== 'diff' && lang !== 'patch') return 'code';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'dim';
}

function listLines({ items, ordered, start, loose }: Tokens.List, width: number, depth: number): Line[] {
  const first = typeof start === 'number' ? start : 1;
  const digits = String(first + items.length - 1).length;
  return items.flatMap((item, index) => {
    const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : '';
    const mark = `${ordered ? `${String(first + index).padStart(digits)}.` : '•'} ${box}`;
    const deep = depth >= MAX_DEPTH || width - mark.length < MIN_WIDTH;
    const content = blocks(
      item.tokens.filter(({ type }) => type !== 'checkbox'),
      deep ? width : width - mark.length,
      depth + 1,
    );
    const indented: Line[] = deep
      ? content
      : (content.length > 0 ? content : [[]]).map((line, row) => [
          span(row === 0 ? mark : ' '.repeat(mark.length), 'dim'),
          ...line,
        ]);
    return loose && index > 0 ? [[], ...indented] : indented;
  });
}

const BREAK: Span = { text: '', look: 'plain' };

/** A text inside a block as spans; `look`: that of what has none of its own. */
function inline(tokens: readonly Token[], look: Look): Span[] {
  return (tokens as readonly MarkedToken[]).flatMap((token): Span[] => {
    switch (token.type) {
      case 'strong':
        return inline(token.tokens, look === 'accent' ? 'accent' : 'strong');
      case 'em':
        return inline(token.tokens, look === 'plain' ? 'emphasis' : look);
      case 'del':
        return inline(token.tokens, 'struck');
      case 'codespan':
        return [span(entities(token.text), 'code')];
      case 'br':
        return [BREAK];
      case 'link':
        return linkSpans(inline(token.tokens, 'link'), token.href);
      case 'image':
        return linkSpans([span(`[image: ${entities(token.text)}]`, look)], token.href);
      case 'checkbox':
        return [];
      case 'text':
      case 'escape':
        if ('tokens' in token && token.tokens) return inline(token.tokens, look);
        return lineBreaks(entities(token.text), look);
      default:
        return lineBreaks(token.raw, look);
    }
  });
}

/** A single line break is a blank in Markdown; answers of Codex mean it, and people read it so. */
function lineBreaks(text: string, look: Look): Span[] {
  return text
    .split('\n')
    .flatMap((line, index) => (index === 0 ? [span(line, look)] : [BREAK, span(line, look)]));
}

/** Says where a link leads, unless its text is an address of the same host. */
function linkSpans(label: Span[], href: string): Span[] {
  const text = label.map((each) => each.text).join('');
  const target = linkTarget(href);
  if (target !== null && saysHost(text, target)) return label;
  const shown = span(target?.address ?? href).text;
  return shown === '' || shown === text ? label : [...label, span(` (${shown})`, 'dim')];
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function entities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
