import { shorten } from '../text/shorten.ts';
import { escapeMarkup } from './markup.ts';

/** A piece of a line, in one style. */
export interface Span {
  readonly text: string;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly code?: boolean;
  /** Where it leads: http, https or mailto. */
  readonly link?: string;
}

/** Text by lines, as a bubble shows it. It is cut before it becomes markup: no tag or entity is ever cut in two. */
export type RichText = readonly (readonly Span[])[];

/** What a server makes of markup beyond `<b>` and `<i>`. */
export interface MarkupAbilities {
  /** `<a href>`: the capability body-hyperlinks. */
  links: boolean;
  /** `<tt>`. */
  monospace: boolean;
}

const BLANK = '\u00a0';

/** A line of code, set in a little; servers that show HTML would leave its own indentation out. */
export function codeLine(line: string): Span {
  return { text: BLANK + line.replace(/^ +/, (blanks) => BLANK.repeat(blanks.length)), code: true };
}

/** Lines without any style. */
export function unstyled(text: string): RichText {
  return text === '' ? [] : text.split('\n').map((line) => (line === '' ? [] : [{ text: line }]));
}

/** Without markup: code between backticks, so that it is told from words. */
export function plainOf(rich: RichText): string {
  return rich.map((line) => line.map(plainSpan).join('')).join('\n');
}

/** The body markup of the Desktop Notifications Specification: well-formed, whatever the text is. */
export function markupOf(rich: RichText, abilities: MarkupAbilities): string {
  return rich.map((line) => line.map((span) => markupSpan(span, abilities)).join('')).join('\n');
}

/** Where servers break a line, roughly (dunst and xfce4-notifyd as they come). */
const COLUMNS = 48;

/** The text itself, or its beginning and an ellipsis: at most so many UTF-16 units, and lines as they are broken. */
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

/** Less than that of a line is not worth a line. */
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
