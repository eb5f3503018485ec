import type { TextChange } from '../utterance.ts';
import { FUNCTION_WORDS } from '../vocabulary/cues.ts';
import { applied } from '../vocabulary/matching/match.ts';
import { type Part, saidIn, soundingLike } from './corrections/alike.ts';
import { wordsAt } from './corrections/sentences.ts';
import { spelledWord } from './corrections/spelling.ts';
import type { Context, Interpreter, RecentPrompt } from './interpretation.ts';
import { spokenWords } from './spoken-words.ts';

/** A correction of a prompt that was sent counts for so long, ms: later, it is the next prompt. */
const SENT_MS = 10_000;
/** How alike the words must sound, chosen on the tuning part of test/data/corrections. */
const LEAST_ALIKE = { said: 0.6, spelled: 0.5, replaced: 0.75 };
/** A longer utterance is a prompt; comparing the sounds of a longer prompt would take a second. */
const LONGEST_CORRECTION = 200;
const LONGEST_PROMPT = 10_000;
/** Longer phrases are prompts. */
const MOST_SAID = 6;
const MOST_REPLACED = 4;

const LEAD = String.raw`(?:(?:no(?:pe)?|sorry|wait|oh|oops|uh|um|actually|well|okay|ok|hey|please)[,.!…]?\s+)*`;
const TRAIL = String.raw`(?:,?\s+(?:please|instead|thanks|sorry))*[.!…\s]*$`;
const SAID = new RegExp(String.raw`^${LEAD}i\s+(?:just\s+)?(?:said|meant)[,:]?\s+(.+?)${TRAIL}`, 'iu');
const SPELLED = new RegExp(
  String.raw`^${LEAD}(?:(?:that|it|this)(?:['’]s|\s+is)\s+spell?(?:ed|t)|spell\s+(?:it|that|this)|spell(?:ed|t))\s*[:,.]?\s+(.+?)${TRAIL}`,
  'iu',
);
const REPLACE = new RegExp(
  String.raw`^${LEAD}(?:replace\s+(?<a>.+?)\s+(?:with|by)|change\s+(?<b>.+?)\s+(?:to|into))\s+(?<to>.+?)${TRAIL}`,
  'iu',
);
const UNDO =
  /^(?:(?:no|nope|wait|oh|okay|ok|please|actually|sorry) )*(?:undo|cancel|scratch|strike) (?:that|it|this)(?: please| now)*$/u;
/** "The port" is a thing; a word that was misheard has no article. */
const THINGS = new Set(
  'the a an this that these those my our your its every each all both some any it them everything something'.split(
    ' ',
  ),
);
const ENDED = /[.!?…]\s+\p{Lu}|\?\s*$/u;

/**
 * A correction of the newest prompt, in review, queued or just sent: a whole utterance that began with the hotkey. "No, I
 * said parse config", "it is spelled k u b e", "replace foo with bar", "undo that".
 */
export const correction: Interpreter = {
  name: 'correction',
  interpret({ words, source, pressedAt }, context) {
    const { recent } = context;
    if (source !== 'hotkey' || pressedAt === null || recent === null || !isRecent(recent, pressedAt))
      return null;
    if (UNDO.test(spokenWords(words)))
      return recent.state === 'ended' ? null : { kind: 'undo', utterance: recent.id };
    const change = changeOf(words, recent, context);
    if (!change) return null;
    return { kind: 'correction', utterance: recent.id, text: applied(recent.prompt, [change]), change };
  },
};

function isRecent({ state, sentAt }: RecentPrompt, pressedAt: number): boolean {
  if (state === 'held' || state === 'queued') return true;
  return sentAt === null ? state === 'sent' : pressedAt - sentAt <= SENT_MS;
}

function changeOf(heard: string, { prompt, project }: RecentPrompt, { correct }: Context): TextChange | null {
  if (heard.length > LONGEST_CORRECTION || prompt.length > LONGEST_PROMPT) return null;
  // Engines quote what was said.
  const words = heard.replaceAll(/["“”]/gu, '');
  if (ENDED.test(words)) return null;
  const spelled = SPELLED.exec(words)?.[1];
  if (spelled !== undefined) {
    const word = spelledWord(spelled);
    if (word !== null) return changed(soundingLike(prompt, word, LEAST_ALIKE.spelled), word);
    // An engine may write the word itself for its letters.
    return /\s/u.test(spelled) ? null : changed(soundingLike(prompt, spelled, LEAST_ALIKE.said), spelled);
  }
  const said = SAID.exec(words)?.[1];
  if (said !== undefined) return saidAgain(prompt, said, (text) => correct(project, text).prompt);
  const replace = REPLACE.exec(words)?.groups;
  return replace ? replaced(prompt, replace.a ?? replace.b ?? '', replace.to ?? '') : null;
}

/** "I said parse config": it takes the place of what sounds like it. */
function saidAgain(prompt: string, said: string, spelt: (text: string) => string): TextChange | null {
  const words = wordsAt(said);
  const [first, ...rest] = words;
  if (!first || words.length > MOST_SAID) return null;
  const article = /^(?:the|a|an)$/u.test(first.plain) && rest.length > 0;
  if (FUNCTION_WORDS.has(first.plain) && !article) return null;
  const bare = article ? said.slice(rest[0]?.start) : said;
  const to = spelt(bare).trim();
  const part = soundingLike(prompt, bare, LEAST_ALIKE.said);
  return part && changed(part, to);
}

/** "Replace foo with bar", if foo was understood. */
function replaced(prompt: string, from: string, to: string): TextChange | null {
  const [before, after] = [wordsAt(from), wordsAt(to)];
  const fits = (words: typeof before): boolean => words.length > 0 && words.length <= MOST_REPLACED;
  if (!fits(before) || !fits(after) || THINGS.has(before[0]?.plain ?? '')) return null;
  if (after.some(({ plain }) => FUNCTION_WORDS.has(plain))) return null;
  // "Change timeout to 30" is about the code.
  if (/\p{N}/u.test(to) && !/\p{N}/u.test(from)) return null;
  return changed(saidIn(prompt, from) ?? soundingLike(prompt, from, LEAST_ALIKE.replaced), to);
}

function changed(part: Part | null, to: string): TextChange | null {
  if (part === null || part.text === to || to === '') return null;
  return { from: part.text, to, at: part.at, why: 'correction' };
}
