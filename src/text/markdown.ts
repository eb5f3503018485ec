import { Lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { terminalText } from './clean.ts';
import { type LinkTarget, linkTarget, saysHost } from './link-label.ts';

/** Text in one style, without line breaks. */
export interface Words {
  readonly text: string;
  readonly strong?: true;
  readonly emphasis?: true;
  readonly struck?: true;
  readonly code?: true;
  readonly image?: true;
  /** `target` is null where the address must not be opened. */
  readonly link?: { readonly href: string; readonly target: LinkTarget | null };
  /** Names the target of the link before it, whose label does not show it. */
  readonly note?: true;
}

/** Words by lines. A single line break of Markdown counts, because Codex's answers mean it. */
export type Lines = readonly (readonly Words[])[];

type Align = 'left' | 'right' | 'center' | null;

export interface ListItem {
  /** null: not a task. */
  readonly checked: boolean | null;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly depth: number; readonly lines: Lines }
  /** `tight`: an item of a list without space around it. */
  | { readonly kind: 'paragraph'; readonly lines: Lines; readonly tight: boolean }
  | { readonly kind: 'code' | 'html'; readonly text: string; readonly language: string }
  /** `first`: the number of the first item; null for an unordered list. */
  | {
      readonly kind: 'list';
      readonly first: number | null;
      readonly loose: boolean;
      readonly items: readonly ListItem[];
    }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'table';
      readonly header: readonly Lines[];
      readonly rows: readonly (readonly Lines[])[];
      readonly align: readonly Align[];
    }
  | { readonly kind: 'rule' };

/** Parses Markdown, including an unfinished end. */
export type MarkdownReader = (text: string) => Block[];

/**
 * Parses cleaned Markdown, and cleans the characters that its entities stand for. @throws RangeError nested too deep
 * (marked 18)
 */
export const readMarkdown: MarkdownReader = (text) => blocksOf(new Lexer({ gfm: true }).lex(text));

function blocksOf(tokens: readonly Token[]): Block[] {
  return (tokens as readonly MarkedToken[]).flatMap((token) => {
    const block = blockOf(token);
    return block ? [block] : [];
  });
}

function blockOf(token: MarkedToken): Block | null {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox':
      return null;
    case 'heading':
      return { kind: 'heading', depth: token.depth, lines: linesOf(token.tokens) };
    case 'paragraph':
      return { kind: 'paragraph', lines: linesOf(token.tokens), tight: false };
    case 'text': {
      const lines = token.tokens ? linesOf(token.tokens) : plainLines(decoded(token.text), {});
      return { kind: 'paragraph', lines, tight: true };
    }
    case 'code':
      return { kind: 'code', text: token.text, language: (token.lang ?? '').split(/\s/)[0] ?? '' };
    case 'html':
      return { kind: 'html', text: token.text.trim(), language: '' };
    case 'list':
      return listOf(token);
    case 'blockquote':
      return { kind: 'quote', blocks: blocksOf(token.tokens) };
    case 'table': {
      const cellOf = ({ tokens }: Tokens.TableCell): Lines => linesOf(tokens);
      return {
        kind: 'table',
        header: token.header.map(cellOf),
        rows: token.rows.map((row) => row.map(cellOf)),
        align: token.align,
      };
    }
    case 'hr':
      return { kind: 'rule' };
    default:
      return { kind: 'paragraph', lines: plainLines(token.raw.trim(), {}), tight: false };
  }
}

function listOf({ items, ordered, start, loose }: Tokens.List): Block {
  return {
    kind: 'list',
    first: ordered ? (typeof start === 'number' ? start : 1) : null,
    loose,
    items: items.map(({ task, checked, tokens }) => ({
      checked: task ? (checked ?? false) : null,
      blocks: blocksOf(tokens),
    })),
  };
}

type Style = Omit<Words, 'text'>;

function linesOf(tokens: readonly Token[] | undefined, style: Style = {}): Words[][] {
  const lines: Words[][] = [[]];
  for (const token of tokens ?? []) {
    const [first = [], ...rest] = piecesOf(token as MarkedToken, style);
    lines.at(-1)?.push(...first);
    lines.push(...rest);
  }
  return lines;
}

function piecesOf(token: MarkedToken, style: Style): Words[][] {
  switch (token.type) {
    case 'strong':
      return linesOf(token.tokens, { ...style, strong: true });
    case 'em':
      return linesOf(token.tokens, { ...style, emphasis: true });
    case 'del':
      return linesOf(token.tokens, { ...style, struck: true });
    case 'codespan':
      return plainLines(token.text, { ...style, code: true });
    case 'br':
      return [[], []];
    case 'link':
      return linkOf(token, style);
    case 'image':
      return plainLines(decoded(token.text) || 'image', { ...style, image: true, link: leadsTo(token.href) });
    case 'checkbox':
      return [];
    case 'text':
    case 'escape':
      if ('tokens' in token && token.tokens) return linesOf(token.tokens, style);
      return plainLines(decoded(token.text), style);
    default:
      return plainLines(token.raw, style);
  }
}

/** Adds the target to a link whose label does not show it, because the label is untrusted. */
function linkOf({ href, tokens }: Tokens.Link, style: Style): Words[][] {
  const link = leadsTo(href);
  const lines = linesOf(tokens, { ...style, link });
  const text = lines
    .flat()
    .map((each) => each.text)
    .join('');
  if (link.target === null || !saysHost(text, link.target)) {
    lines.at(-1)?.push({ ...style, text: link.target?.address ?? href, link, note: true });
  }
  return lines;
}

function leadsTo(href: string): NonNullable<Words['link']> {
  return { href, target: linkTarget(href) };
}

function plainLines(text: string, style: Style): Words[][] {
  return text.split('\n').map((line) => (line === '' ? [] : [{ ...style, text: line }]));
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

/** Replaces entities. The resulting characters may need cleaning. */
function decoded(text: string): string {
  const plain = text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
  return plain === text ? text : terminalText(plain);
}
