import type { TextChange } from '../../utterance.ts';
import { FUNCTION_WORDS } from '../../vocabulary/cues.ts';
import { applied } from '../../vocabulary/matching/match.ts';
import { beginsRequest } from '../request-words.ts';
import { lastRequest, looksLikeRequest, SUBJECTS } from './clause.ts';
import { capital, isQuoted, MOST_CUES, sentenceStarts, type Word, wordsAt } from './sentences.ts';

/** Words before "I mean" that make it a repair; "I mean" alone often explains. */
const TAKES_BACK = String.raw`(?:no(?:pe)?|sorry|wait|oops|hold\s+on|hang\s+on)`;
const BESIDE = `(?:oh|uh|um|er|erm|ah|well|actually|okay|ok)`;
const GAP = String.raw`(?:\s*[,.!…—–-]+)?\s+`;
/** The end of a text before a pause, as engines write it, in at most so many characters. */
const LONGEST_PAUSE = 8;
const PAUSE = /(?:[,;:.!?…—–]\s*|\s-\s+)$/u;

const MEAN = String.raw`(?:${BESIDE}${GAP}){0,3}${TAKES_BACK}${GAP}(?:(?:${TAKES_BACK}|${BESIDE})${GAP}){0,4}i\s+mean(?:t)?(?:\s+to\s+say)?`;
const WAIT = String.raw`(?:${BESIDE}${GAP}){0,3}(?:no(?:pe)?${GAP}wait|(?:wait|hold\s+on|hang\s+on)${GAP}no(?:pe)?)`;
const MAKE = String.raw`(?:(?:${TAKES_BACK}|or|actually)${GAP}){1,4}make\s+that|correction`;
const CUE = new RegExp(
  String.raw`(?<![\p{L}\p{N}'’-])(?:(?<sure>${MEAN}|or\s+rather|correction(?=\s*[:,—–-]))|(?<make>${MAKE})|(?<unsure>i\s+meant|${WAIT}))(?<apart>\s*[:,.!…—–-]+)?\s+(?=\S)`,
  'giu',
);

const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const DETERMINERS = list('the a an this these those my our your its every each all both');
const PREPOSITIONS = list(
  'in on at to into onto from for with without under over before after inside below above',
);
/** Words after the subject of a statement, which replaces nothing less than a clause. */
const VERBS = list('is are was were will would should can could does do did has have had');
/** The nearest words that are compared; a repair follows what it repairs. */
const FARTHEST = 12;
/** Without any word in common, a repair is as short as this, words. */
const MOST_WORDS = 3;

/** A repair: the text before its cue, and what was said instead. */
interface Repair {
  /** Where the sentence that is repaired starts. */
  start: number;
  before: readonly Word[];
  /** The repaired words, to the end of their sentence. */
  after: readonly Word[];
  text: string;
  cue: 'sure' | 'make' | 'unsure';
  /** True when a pause follows the cue. */
  apart: boolean;
  /** True when the repaired sentence was a question. */
  asks: boolean;
}

/**
 * Applies what the speaker corrected within the text: "rename the class, no, I mean the function" becomes "rename the
 * function". Leaves a cue alone when it is not clear what it replaces.
 * @returns changes that apply one after another
 */
export function repairs(text: string): { text: string; changes: TextChange[] } {
  const changes: TextChange[] = [];
  for (let from = 0, cues = 0; cues < MOST_CUES; cues += 1) {
    CUE.lastIndex = from;
    const match = CUE.exec(text);
    if (!match) break;
    const change = isMeant(text, match) ? repairAt(text, match) : null;
    if (change) {
      changes.push(change);
      text = applied(text, [change]);
      from = change.at;
    } else from = match.index + match[0].length;
  }
  return { text, changes };
}

/** True for a cue after a pause. A capital within a sentence is one too: "the function Oops, I mean the method". */
function isMeant(text: string, { 0: cue, index }: RegExpExecArray): boolean {
  const head = text.slice(Math.max(0, index - LONGEST_PAUSE), index);
  return (PAUSE.test(head) || (head.trim() !== '' && /^\p{Lu}\p{Ll}/u.test(cue))) && !isQuoted(text, index);
}

function repairAt(text: string, match: RegExpExecArray): TextChange | null {
  const head = text.slice(0, match.index);
  const start = sentenceStarts(head).at(-1) ?? 0;
  const next = match.index + match[0].length;
  const end = next + (sentenceStarts(text.slice(next))[1] ?? text.length - next);
  // "Should I use a class, or rather a function?" asks for both.
  if (/rather/iu.test(match[0]) && text.slice(next, end).trimEnd().endsWith('?')) return null;
  const { sure, make, apart } = match.groups ?? {};
  const repair: Repair = {
    start,
    before: wordsAt(text.slice(start, match.index), start),
    after: wordsAt(text.slice(next, end), next),
    text,
    cue: sure ? 'sure' : make ? 'make' : 'unsure',
    apart: apart !== undefined,
    asks: head.trimEnd().endsWith('?'),
  };
  const first = repair.after[0];
  const from = first ? replacedFrom(repair, first) : null;
  if (!first || from === null) return null;
  const segment = firstSegment(repair.after);
  const last = segment.at(-1) ?? first;
  let said = text.slice(first.start, last.end);
  said = from.start === repair.before[0]?.start ? capital(said) : uncapital(said, first.plain, match[0]);
  const to = said + tailOf(repair, from, segment);
  // A repaired question stays one.
  const mark = repair.asks && segment.length === repair.after.length;
  const replacedTo = mark ? last.end + (/^[.!…]*/u.exec(text.slice(last.end))?.[0].length ?? 0) : last.end;
  return {
    from: text.slice(from.start, replacedTo),
    to: mark && !text.slice(replacedTo).startsWith('?') ? `${to}?` : to,
    at: from.start,
    why: 'repair',
  };
}

/** Finds the word from which the text before the cue is replaced; null: it is not clear. */
function replacedFrom(repair: Repair, first: Word): Word | null {
  const { before, after, cue, apart, text, start } = repair;
  const near = before.slice(-FARTHEST);
  const opening = before[0];
  if (!opening) return null;
  // A new sentence replaces only one that begins alike.
  if (SUBJECTS.has(first.plain) || VERBS.has(after[1]?.plain ?? ''))
    return opening.plain === first.plain && cue !== 'make' ? opening : null;
  const same = near.findLast(({ plain }) => plain === first.plain) ?? sameKind(near, first);
  if (cue === 'make') {
    const fits = DETERMINERS.has(first.plain) || PREPOSITIONS.has(first.plain);
    return fits ? (same ?? null) : numberFor(near, after);
  }
  if (same) return same;
  if (looksLikeRequest(text.slice(first.start))) {
    const request = lastRequest(text.slice(start, before.at(-1)?.end));
    return request === null ? null : (before.find((word) => word.start === start + request) ?? null);
  }
  const number = numberFor(near, after);
  if (number || (cue === 'unsure' && !apart)) return number;
  return asManyWords(near, firstSegment(after), opening);
}

/** "in src, no, I mean under lib": an article for an article, a preposition for a preposition. */
function sameKind(near: readonly Word[], { plain }: Word): Word | undefined {
  const kind = [DETERMINERS, PREPOSITIONS].find((words) => words.has(plain));
  return kind && near.findLast((word) => kind.has(word.plain));
}

/** A number replaces the nearest number. */
function numberFor(near: readonly Word[], after: readonly Word[]): Word | null {
  if (!isNumber(after[0])) return null;
  // "5 seconds, no, I mean 10": the unit stays, see `tailOf`.
  return near.findLast(isNumber) ?? null;
}

const NUMBERS = list(
  'zero one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred thousand',
);

function isNumber(word: Word | undefined): boolean {
  return word !== undefined && (/^[\p{N}.,:]*\p{N}%?$/u.test(word.plain) || NUMBERS.has(word.plain));
}

/** The last words before the cue, as many as were said instead. */
function asManyWords(near: readonly Word[], segment: readonly Word[], opening: Word): Word | null {
  if (segment.length > MOST_WORDS || segment.some(({ plain }) => FUNCTION_WORDS.has(plain))) return null;
  let from: Word | null = null;
  for (const word of near.slice(-segment.length).reverse()) {
    if (FUNCTION_WORDS.has(word.plain) || word === opening) break;
    if (from !== null && word.stops) break;
    from = word;
  }
  return from;
}

/** The words up to the first punctuation. */
function firstSegment(after: readonly Word[]): readonly Word[] {
  const end = after.findIndex(({ stops }) => stops);
  return end < 0 ? after : after.slice(0, end + 1);
}

/**
 * What stays of the replaced words: "the class to Foo, no, I mean the function" keeps "to Foo", and "5 seconds, no, I
 * mean 10" keeps "seconds".
 */
function tailOf({ before, after, text, asks }: Repair, from: Word, segment: readonly Word[]): string {
  if (segment.length < after.length || segment.some(({ plain }) => PREPOSITIONS.has(plain))) return '';
  const replaced = before.slice(before.indexOf(from));
  const last = replaced.at(-1);
  const number = isNumber(from) && segment.length === 1;
  if (!last || !(number || DETERMINERS.has(from.plain))) return '';
  const rest = number ? replaced[1] : replaced.slice(1).find(({ plain }) => PREPOSITIONS.has(plain));
  // "Why is the server slow? Sorry, I mean the client."
  const tail = asks ? replaced[segment.length] : rest;
  return tail ? ` ${text.slice(tail.start, last.end)}` : '';
}

/** After "No, wait." the next word has a capital that it would not have here. */
function uncapital(said: string, plain: string, cue: string): string {
  const ordinary = FUNCTION_WORDS.has(plain) || beginsRequest(said, 'probably');
  return /[.!…]\s+$/u.test(cue) && ordinary
    ? said.replace(/^\p{Lu}/u, (letter) => letter.toLowerCase())
    : said;
}
