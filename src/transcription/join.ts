import type { HeardWord, Transcript } from './transcriber.ts';

/** Ends of a text that continues: Whisper writes these when it hears more. */
const GOES_ON = /(?:\.\.\.|…|[,;:–—-])$/u;
const SENTENCE_END = /[.!?]["'”’)]*$/u;

/**
 * Words that begin with a capital letter only at the beginning of a sentence, so that they may lose it: others can be
 * names.
 */
const SMALL_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the this that these those and or but so because if then than when while where which who what how why to of in ' +
    'on at by for from with into over under after before about as is are was were be been being it its he she they we ' +
    'you your their his her our my there here not no do does did has have had can could should would will may might ' +
    'must also only just even still all some any each every more most both let make use using like without'
  ).split(' '),
);

/** Joins the texts of speech that was transcribed in pieces. */
export function joinPieces(pieces: readonly string[]): string {
  return pieces.reduce((joined, piece) => joinTwo(joined, piece.trim()), '');
}

/**
 * Joins the transcripts of the pieces of one speech. `ms` is the sum, and the confidence counts each word once; a piece
 * without confidences leaves both out.
 */
export function joinTranscripts(pieces: readonly Transcript[]): Transcript {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const text = joinPieces(pieces.map((piece) => piece.text));
  const ms = pieces.reduce((sum, piece) => sum + piece.ms, 0);
  const { endMark } = pieces.at(-1) ?? {};
  const joined: Transcript = { text, ms, ...(endMark === undefined ? {} : { endMark }) };
  const heard = pieces.flatMap((piece) => piece.words ?? []);
  if (heard.length === 0 || pieces.some(({ words }) => words === undefined)) return joined;
  const confidence = heard.reduce((sum, word) => sum + word.confidence, 0) / heard.length;
  return { ...joined, confidence, words: alignWords(text, heard) };
}

/**
 * Gives the words of a text the confidence that they had in its pieces: joining changes case and drops marks.
 * @param words those of the pieces, in order
 */
export function alignWords(text: string, words: readonly HeardWord[]): HeardWord[] {
  let at = 0;
  return text.split(/\s+/u).flatMap((word) => {
    if (word === '') return [];
    const found = words.findIndex((each, index) => index >= at && plain(each.text) === plain(word));
    const confidence = (found === -1 ? words[at] : words[found])?.confidence ?? 0;
    at = found === -1 ? at + 1 : found + 1;
    return [{ text: word, confidence }];
  });
}

function joinTwo(before: string, piece: string): string {
  const next = piece.replace(/^(?:\.\.\.|…)\s*/u, '');
  if (before === '' || next === '') return before + next;
  if (SENTENCE_END.test(before) && !GOES_ON.test(before)) return `${before} ${next}`;
  return `${before.replace(/\s*(?:\.\.\.|…|[–—-])$/u, '')} ${inSentence(next)}`;
}

function inSentence(text: string): string {
  const [word] = /^\p{Lu}\p{Ll}*(?![\p{L}\p{N}'’])/u.exec(text) ?? [];
  if (word === undefined || !SMALL_WORDS.has(word.toLowerCase())) return text;
  return word.toLowerCase() + text.slice(word.length);
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || word;
}
