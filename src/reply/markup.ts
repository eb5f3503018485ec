const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Terminal sequences: CSI; strings (OSC, DCS, ...) that end on their line; character sets. Each stops at the next
 * escape, so that the time stays in proportion to the text: that of node:util's stripVTControlCharacters does not
 * (Node 24.21: 2 s for 40 kB of unfinished OSC).
 */
const terminalSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[ -/]+[0-~])/g;

/**
 * Text that is safe to show: no terminal escape sequences, no control characters but the newline, no bidirectional
 * embeddings, overrides or isolates (they could make a text read as another one), no lone surrogates and
 * noncharacters (D-Bus refuses some of them). Lines lose trailing blanks, several empty lines become one.
 */
export function plainText(text: string): string {
  const visible = text
    .replace(terminalSequence, '')
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, '  ')
    .replace(/(?!\n)[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufeff]/gu, '');
  // not a regular expression: those take a time that grows with the square of a run of blanks
  const lines = visible.split('\n').map((line) => line.trimEnd());
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Escapes what the markup of notification servers gives a meaning to. */
export function escapeMarkup(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/**
 * The text itself, or its beginning and an ellipsis, at most `max` UTF-16 units (at least 1). It ends at a word
 * unless that would cost most of it, as in a text without blanks, and never inside what is seen as one character.
 */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const limit = graphemeStart(text, max - 1);
  const word = endOfWord(text, limit);
  const end = word > max / 3 ? word : limit;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** The text itself, or its first lines and an ellipsis. */
export function shortenLines(text: string, max: number): string {
  const lines = text.split('\n');
  if (lines.length <= max) return text;
  return `${lines.slice(0, max).join('\n').trimEnd()}…`;
}

/** Where the last whole word before `limit` ends; -1 when there is no blank. */
function endOfWord(text: string, limit: number): number {
  let index = limit;
  while (index >= 0 && !/\s/.test(text[index] ?? '')) index -= 1;
  return index < 0 ? index : graphemeStart(text, index);
}

/** Where the character that contains this position begins. */
function graphemeStart(text: string, index: number): number {
  return graphemes.segment(text).containing(index)?.index ?? 0;
}
