import type { TextChange } from '../../utterance.ts';
import { applied } from '../../vocabulary/matching/match.ts';
import { beginsRequest } from '../request-words.ts';
import { isQuoted, MOST_CUES } from './sentences.ts';

/** As a separate sentence, or between two items. */
const BREAK =
  /(?<before>(?:^|[.!?…]|[,;:])\s*)(?<what>new\s?line|new\s+paragraph|next\s+line)(?<after>\s*[.,;:!…]+\s*|\s+|\s*$)/giu;
const ITEM =
  /^(?:\d|(?:first|second|third|fourth|fifth|finally|number|one|two|three|four|five|bullet|dash)\b)/iu;

/**
 * Writes "new line" and "new paragraph" as line breaks where they are commands: as a separate sentence, or before a
 * request or the next item. "Add a new line to the file" stays.
 */
export function layout(text: string): { text: string; changes: TextChange[] } {
  const changes: TextChange[] = [];
  // Each line of a long list has one.
  for (let from = 0, cues = 0; cues < 10 * MOST_CUES; cues += 1) {
    BREAK.lastIndex = from;
    const match = BREAK.exec(text);
    if (!match) break;
    const change = isQuoted(text, match.index) ? null : breakAt(text, match);
    if (change === null) {
      from = match.index + match[0].trimEnd().length;
      continue;
    }
    changes.push(change);
    text = applied(text, [change]);
    from = change.at;
  }
  return { text, changes };
}

function breakAt(text: string, { 0: whole, index, groups }: RegExpExecArray): TextChange | null {
  const { before = '', what = '', after = '' } = groups ?? {};
  const rest = text.slice(index + whole.length);
  const stop = before.trim();
  const begins = beginsRequest(rest, 'probably') || ITEM.test(rest);
  const ended = stop === '' || /[.!?…]/u.test(stop);
  const alone = ended && (/[.!…]/u.test(after) || rest === '');
  if (!alone && !begins) return null;
  // Nothing to break before the first word or after the last.
  if (text.slice(0, index + stop.length).trim() === '' && rest === '') return null;
  const kept = stop === ',' || stop === ';' ? '' : stop;
  const lines = /paragraph/iu.test(what) ? '\n\n' : '\n';
  const at = index;
  const first = text.slice(0, index).trim() === '' && stop === '';
  return { from: whole, to: first || rest === '' ? kept : kept + lines, at, why: 'layout' };
}
