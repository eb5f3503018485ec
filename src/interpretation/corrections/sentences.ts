/** A word of a text; `plain`: lower case, without punctuation around it. */
export interface Word {
  start: number;
  end: number;
  plain: string;
  /** Punctuation follows it. */
  stops: boolean;
}

/** More cues than anyone says: looking at each takes time in proportion to the text. */
export const MOST_CUES = 50;

/** The end of a sentence, before the next one. */
const BOUNDARY = /(?<=[.!?…]["'”’)]*)\s+(?=["'“‘(]?[\p{Lu}\p{N}])/gu;

/** Returns where the sentences of a text start, UTF-16 units. */
export function sentenceStarts(text: string): number[] {
  const starts = [...text.matchAll(BOUNDARY)].map(({ 0: space, index }) => index + space.length);
  return [text.length - text.trimStart().length, ...starts];
}

/** Returns the words of a text. @param from added to their positions */
export function wordsAt(text: string, from = 0): Word[] {
  return [...text.matchAll(/\S+/gu)].flatMap(({ 0: token, index }) => {
    const lead = token.search(/[\p{L}\p{N}]/u);
    if (lead < 0) return [];
    const trail = token.length - (/^.*[\p{L}\p{N}]/u.exec(token)?.[0].length ?? 0);
    return {
      start: from + index + lead,
      end: from + index + token.length - trail,
      plain: token
        .slice(lead, token.length - trail)
        .toLowerCase()
        .replaceAll('’', "'"),
      stops: trail > 0,
    };
  });
}

/** True inside quotation marks, where words are quoted and not meant. */
export function isQuoted(text: string, at: number): boolean {
  const before = text.slice(0, at);
  const straight = before.split('"').length - 1;
  return straight % 2 === 1 || before.lastIndexOf('“') > before.lastIndexOf('”');
}

/** Returns the text with an upper-case first letter. */
export function capital(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
