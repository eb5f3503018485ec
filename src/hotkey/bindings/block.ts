import { createHash } from 'node:crypto';

/** How a configuration language writes a comment of one line. */
export interface CommentStyle {
  readonly open: string;
  readonly close: string;
}

/** Where lines go in a text, and what they need around them there. */
export interface Place {
  /** Offset in the text. */
  readonly at: number;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

/** The lines between the markers are not the ones that were written. */
export class EditedBlockError extends Error {
  /** Numbers of the lines with the markers, from 1; `last` is the end of the text where a marker is missing. */
  readonly first: number;
  readonly last: number;

  constructor(first: number, last: number) {
    super(`lines ${first} to ${last} were edited`);
    this.name = 'EditedBlockError';
    this.first = first;
    this.last = last;
  }
}

const OPENING = '>>> codex-voice keys';
const CLOSING = '<<< codex-voice keys <<<';

/** `created`: the file did not exist. `joined`: the text had no newline before the place. */
type Flag = 'created' | 'joined';

interface Block {
  start: number;
  end: number;
  body: string;
  flags: readonly string[];
}

/** Returns the lines between the markers, null when there are none. @throws EditedBlockError */
export function blockIn(text: string, style: CommentStyle): string | null {
  return find(text, style)?.body ?? null;
}

/** Puts lines between two markers at a place of a text that has none yet. @param created the file did not exist */
export function withBlock(
  text: string,
  { at, before = [], after = [] }: Place,
  lines: readonly string[],
  style: CommentStyle,
  created: boolean,
): string {
  const joined = at > 0 && text[at - 1] !== '\n';
  const body = [...before, ...lines, ...after].map((line) => `${line}\n`).join('');
  const flags: Flag[] = [...(created ? ['created' as const] : []), ...(joined ? ['joined' as const] : [])];
  const first = [OPENING, hashOf(body), ...flags, '>>>'].join(' ');
  const comment = (words: string): string => `${style.open}${words}${style.close}\n`;
  const block = `${joined ? '\n' : ''}${comment(first)}${body}${comment(CLOSING)}`;
  return text.slice(0, at) + block + text.slice(at);
}

/**
 * Takes the lines and their markers out of a text.
 * @returns the text as it was before; `created`: its file did not exist then. null: it has no such lines
 * @throws EditedBlockError
 */
export function withoutBlock(text: string, style: CommentStyle): { text: string; created: boolean } | null {
  const block = find(text, style);
  if (block === null) return null;
  const before = text.slice(0, block.start);
  const rest = text.slice(block.end);
  // What somebody has added below needs the newline now.
  const joins = block.flags.includes('joined') && (rest === '' || before.endsWith('{\n'));
  return { text: (joins ? before.slice(0, -1) : before) + rest, created: block.flags.includes('created') };
}

function find(text: string, { open, close }: CommentStyle): Block | null {
  const [start, end] = [text.indexOf(`${open}${OPENING}`), text.indexOf(`${open}${CLOSING}${close}`)];
  if (start < 0 && end < 0) return null;
  const afterFirst = text.indexOf('\n', start) + 1;
  const last = end < 0 ? text.length : end;
  const edited = new EditedBlockError(lineOf(text, start < 0 ? end : start), lineOf(text, last));
  if (start < 0 || end < afterFirst || afterFirst === 0) throw edited;
  const words = text.slice(start + open.length, afterFirst - 1 - close.length);
  const [hash, ...flags] = words.slice(OPENING.length).trim().split(' ');
  const body = text.slice(afterFirst, end);
  if (hash !== hashOf(body)) throw edited;
  const newline = text.indexOf('\n', end);
  return { start, end: newline < 0 ? text.length : newline + 1, body, flags };
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 8);
}
