import { shorten } from '../text/shorten.ts';
import { escapeMarkup } from './markup.ts';

/** Part of a line, in one style. */
export interface Span {
  readonly text: string;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly code?: boolean;
  /** Target: http, https or mailto. */
  readonly link?: string;
}

/** Text by lines. It is shortened before it becomes markup, so that tags and entities are never cut. */
export type RichText = readonly (readonly Span[])[];

/** Markup that a server supports beyond `<b>` and `<i>`. */
interface MarkupAbilities {
  /** `<a href>`: the capability body-hyperlinks. */
  links: boolean;
  /** `<tt>`. */
  monospace: boolean;
}

const NBSP = '\u00a0';

/** A line of code, slightly indented. Servers that show HTML would drop ordinary spaces at its beginning. */
export function codeLine(line: string): Span {
  return { text: NBSP + line.replace(/^ +/, (spaces) => NBSP.repeat(spaces.length)), code: true };
}

/** Returns lines without styles. */
export function unstyled(text: string): RichText {
  return text === '' ? [] : text.split('\n').map((line) => (line === '' ? [] : [{ text: line }]));
}

/** Returns plain text, with code in backticks. */
export function plainOf(rich: RichText): string {
  return rich.map((line) => line.map(plainSpan).join('')).join('\n');
}

/** Returns the body markup of the Desktop Notifications Specification, well-formed for any text. */
export function markupOf(rich: RichText, abilities: MarkupAbilities): string {
  return rich.map((line) => line.map((span) => markupSpan(span, abilities)).join('')).join('\n');
}

/** Approximate line length of servers (default dunst and xfce4-notifyd). */
const COLUMNS = 48;

/** Returns the text, or its beginning and an ellipsis, limited by UTF-16 units and by lines as servers break them. */
export function shortenRich(
  rich: RichText,
  most: { characters: number; lines: number },
): { rich: RichText; whole: boolean } {
  const shown: (readonly Span[])[] = [];
  let left = most.characters;
  let rows = most.lines;
  for (const line of rich) {
    const length = line.reduce((sum, { text }) => sum + text.length, 0);
    const room = Math.min(left, rows * COLUMNS);
    if (rows <= 0 || length > room) {
      const beginning = rows <= 0 ? [] : beginningOf(line, room);
      return { rich: withEllipsis([...shown, beginning]), whole: false };
    }
    shown.push(line);
    left -= length + 1;
    rows -= Math.max(1, Math.ceil(length / COLUMNS));
  }
  return { rich, whole: true };
}

/** A shorter part of a line is not worth showing. */
const LEAST = 12;

function beginningOf(line: readonly Span[], most: number): readonly Span[] {
  const spans: Span[] = [];
  let left = most;
  if (left < LEAST) return spans;
  for (const span of line) {
    if (span.text.length <= left) {
      spans.push(span);
      left -= span.text.length;
      continue;
    }
    if (left > 1) spans.push({ ...span, text: shorten(span.text, left).slice(0, -1) });
    break;
  }
  return spans;
}

function withEllipsis(lines: readonly (readonly Span[])[]): RichText {
  const end = lines.findLastIndex((line) => line.some(({ text }) => text.trim() !== ''));
  const last = lines[end] ?? [];
  return [...lines.slice(0, Math.max(0, end)), [...last, { text: '…' }]];
}

function plainSpan({ text, code }: Span): string {
  return code && text.trim() !== '' && !text.includes('`') && !text.startsWith('\u00a0')
    ? `\`${text}\``
    : text;
}

function markupSpan(span: Span, { links, monospace }: MarkupAbilities): string {
  let markup = escapeMarkup(span.code && !monospace ? plainSpan(span) : span.text);
  if (span.code && monospace) markup = `<tt>${markup}</tt>`;
  if (span.italic) markup = `<i>${markup}</i>`;
  if (span.bold) markup = `<b>${markup}</b>`;
  return links && span.link ? `<a href="${escapeAttribute(span.link)}">${markup}</a>` : markup;
}

function escapeAttribute(text: string): string {
  return escapeMarkup(text).replace(/"/g, '&quot;').replace(/'/g, '&#39;');
}
