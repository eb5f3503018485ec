import { homedir } from 'node:os';
import { sep } from 'node:path';
import { graphemesIn } from './graphemes.ts';

/**
 * Returns the text, or its beginning and an ellipsis, at most `max` UTF-16 units (at least 1). Cuts between words
 * unless that would lose most of the text, and never inside a visible character.
 */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const limit = graphemeStart(text, max - 1);
  const word = endOfWord(text, limit);
  const end = word > max / 3 ? word : limit;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Returns the text, or its first lines and an ellipsis. */
export function shortenLines(text: string, max: number): string {
  const lines = text.split('\n');
  if (lines.length <= max) return text;
  return `${lines.slice(0, max).join('\n').trimEnd()}…`;
}

/** Returns a path in the form `~/...` (`~\...` on Windows) when it is in the home folder. */
export function homePath(path: string, home = homedir()): string {
  const inside = home.length > 1 && (path === home || path.startsWith(`${home}${sep}`));
  return inside ? `~${path.slice(home.length)}` : path;
}

/** End of the last complete word before `limit`; -1 when there is no space. */
function endOfWord(text: string, limit: number): number {
  let index = limit;
  while (index >= 0 && !/\s/.test(text[index] ?? '')) index -= 1;
  return index < 0 ? index : graphemeStart(text, index);
}

/** Start of the character that contains this position. */
function graphemeStart(text: string, index: number): number {
  return graphemesIn(text).containing(index)?.index ?? 0;
}
