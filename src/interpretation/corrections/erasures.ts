import type { TextChange } from '../../utterance.ts';
import { beginsRequest } from '../request-words.ts';
import { lastClause } from './clause.ts';
import { capital, isQuoted, MOST_CUES, sentenceStarts } from './sentences.ts';

const AROUND = String.raw`(?:(?:no(?:pe)?|oh|actually|wait|sorry|okay|ok|well|um|uh|please)[,.]?\s+){0,4}`;
/** "Scratch that" or "scratch the last sentence", set apart from the words around it: "scratch that itch" is something else. */
const SCRATCH = new RegExp(
  String.raw`(?<=^|[,;:.!?…—–]\s*|\s-\s+)${AROUND}(?:scratch|strike)\s+(?:that|(?<sentence>(?:the|that|my)\s+(?:last|previous)\s+sentence))(?:,?\s+please)?(?<after>\s*[.,;:!…—–]+\s*|\s*$|\s+)`,
  'giu',
);
const LAST_SENTENCE = new RegExp(
  String.raw`^${AROUND}(?:delete|scratch|strike|remove|erase)\s+(?:the|that|my)\s+(?:last|previous)\s+sentence(?:,?\s+please)?[.!…]*$`,
  'iu',
);
/** After such a word, "the last sentence" may be one that is written there. */
const WRITTEN =
  /\b(?:read ?me|docs?|documentation|paragraphs?|comments?|docstrings?|pages?|texts?|messages?|descriptions?|change ?log|sections?|files?|intro(?:duction)?|letters?|e-?mails?|sentences?|prompts?|headings?|titles?|help)\b/iu;

/** A text without what the speaker took back. */
interface Erased {
  text: string;
  changes: TextChange[];
  /** When nothing is left: the text that was taken back last. */
  takenBack: string | null;
}

/** Removes what "scratch that" and "delete the last sentence" take back. */
export function erasures(text: string): Erased {
  const changes: TextChange[] = [];
  let takenBack = '';
  for (let from = 0, cues = 0; cues < MOST_CUES; cues += 1) {
    SCRATCH.lastIndex = from;
    const match = SCRATCH.exec(text);
    if (!match) break;
    const erased = isQuoted(text, match.index) ? null : erasedAt(text, match, changes.length > 0);
    if (erased === null) {
      from = match.index + match[0].length;
      continue;
    }
    changes.push(erased.change);
    takenBack = erased.takenBack || takenBack;
    if (erased.text === '') return { text: '', changes, takenBack };
    text = erased.text;
    from = erased.change.at;
  }
  const rest = withoutLastSentences(text);
  return { text: rest.text, changes: [...changes, ...rest.changes], takenBack: null };
}

/** @param again a second "scratch that" in a row takes back nothing more */
function erasedAt(
  text: string,
  { 0: cue, index, groups }: RegExpExecArray,
  again: boolean,
): { text: string; change: TextChange; takenBack: string } | null {
  const end = index + cue.length;
  const rest = text.slice(end);
  if (groups?.after?.trim() === '' && rest !== '' && !beginsRequest(rest, 'surely')) return null;
  const before = text.slice(0, index);
  const sentence = sentenceStarts(before).at(-1) ?? 0;
  const ended = /[.!?…]["'”’)]*\s*$/u.test(before);
  const start = ended ? sentence : sentence + lastClause(before.slice(sentence));
  const takenBack = before.slice(start).trim();
  // As with "delete the last sentence", something else must be left.
  if (groups?.sentence && (WRITTEN.test(before) || (start === 0 && rest === ''))) return null;
  if (takenBack === '' && !again) return null;
  let kept = text.slice(0, start);
  if (rest === '') kept = kept.replace(/(?:[,;:]|\s|\b(?:and|then|but|or)\b)+$/iu, '');
  if (rest === '' && kept !== '' && !/[.!?…]$/u.test(kept)) kept += '.';
  const to = start === sentence ? capital(rest) : rest;
  const whole = text.slice(kept.length === 0 ? 0 : start);
  const at = text.length - whole.length;
  const change: TextChange = { from: whole, to, at, why: 'repair' };
  if (kept !== text.slice(0, at))
    return { text: kept, change: { ...change, from: text, to: kept, at: 0 }, takenBack };
  return { text: kept + to, change, takenBack };
}

/** "Delete the last sentence", as a separate sentence, when something else was said as well. */
function withoutLastSentences(text: string): { text: string; changes: TextChange[] } {
  const changes: TextChange[] = [];
  let starts = sentenceStarts(text);
  for (let index = 1; changes.length < MOST_CUES; ) {
    const [start, cue] = [starts[index - 1], starts[index]];
    if (start === undefined || cue === undefined) break;
    const end = starts[index + 1] ?? text.length;
    const rest = text.slice(0, start) + text.slice(end);
    const meant = LAST_SENTENCE.test(text.slice(cue, end).trim()) && !WRITTEN.test(text.slice(0, cue));
    if (!meant || rest.trim() === '') {
      index += 1;
      continue;
    }
    const shorter = rest.trimEnd();
    // The space before a removed end goes too.
    const at = Math.min(start, shorter.length);
    changes.push({ from: text.slice(at, end), to: '', at, why: 'repair' });
    text = shorter;
    starts = sentenceStarts(text);
    index = Math.max(1, index - 1);
  }
  return { text, changes };
}
