/**
 * Untrusted text, made safe for the place that it goes to. One function for each kind of place:
 *
 * - `promptText`: into a terminal, as if it were typed
 * - `spokenText`: what a speech engine wrote, on its way to a prompt
 * - `displayText`: into a notification or a menu
 * - `lineText`: the same in one line
 * - `terminalText`: printed on the user's terminal, otherwise unchanged
 * - `cellText`: into the cells of a screen that counts them
 * - `exactText`: where the user decides on it, so that nothing may stay unseen
 */
import { shorten } from './shorten.ts';

/**
 * Terminal sequences: CSI; strings (OSC, DCS, ...) that end on their line; character sets. Each match stops at the next
 * escape, so that the time grows linearly with the text, unlike node:util's stripVTControlCharacters (Node 24.21: 2 s
 * for 40 kB of unfinished OSC).
 */
const SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|[ -/]+[0-~])/g;
const LINE_END = /\r\n?|[\v\f\x85\u2028\u2029]/g;
/**
 * Control characters except tab and LF; bidirectional embeddings, overrides and isolates, which can change how a text
 * reads; lone surrogates, noncharacters and byte order marks, because D-Bus refuses some of them.
 */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Returns text for printing on a terminal, without escape sequences and control characters except tab and LF. */
export function terminalText(text: string): string {
  return text.replace(SEQUENCE, '').replace(LINE_END, '\n').replace(UNSAFE, '');
}

/** Returns tidy text to show: as `terminalText`, without trailing spaces, tabs and runs of empty lines. */
export function displayText(text: string): string {
  const lines = terminalText(text).replaceAll('\t', '  ').split('\n');
  // Not a regular expression, whose time would grow with the square of a run of spaces.
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Returns text to show in one line. @param max UTF-16 units, see `shorten` */
export function lineText(text: string, max = Number.POSITIVE_INFINITY): string {
  return shorten(displayText(text).replace(/\s+/g, ' '), max);
}

/** Returns the last line with content, as `lineText`: the last line of a program's complaints is the reason. */
export function lastLine(text: string, max: number): string {
  const lines = text.split(/[\r\n]+/);
  return lineText(lines.findLast((line) => line.trim() !== '') ?? '', max);
}

/** Characters that change or hide cells: joiners, whose width terminals disagree about, and fillers. */
const UNFIT =
  /(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Variation_Selector}\p{Emoji_Modifier}\u115f\u1160\u3164\uffa0]|\u20e3/gu;
/** More marks on one letter than any language has. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;
const TAB = ' '.repeat(4);

/** Returns text that stays within its cells. Line breaks are kept. */
export function cellText(text: string): string {
  return terminalText(text)
    .replaceAll('\t', TAB)
    .replace(UNFIT, '')
    .replace(PILED_MARKS, '$1')
    .normalize('NFC');
}

/** What `promptText` removes, by the names that a message uses for one and for many. */
const NOT_IN_PROMPTS: readonly { pattern: RegExp; name: [one: string, many: string] }[] = [
  // C0 except tab and LF, DEL and C1: without ESC no bracketed paste can end early.
  { pattern: /[\x00-\x08\x0b-\x1f\x7f-\x9f]/gu, name: ['control character', 'control characters'] },
  // Half a surrogate pair is not a character.
  { pattern: /\p{Cs}/gu, name: ['broken character', 'broken characters'] },
  // Bidirectional embeddings, overrides and isolates could show a different text from the one that is sent.
  {
    pattern: /[\u202a-\u202e\u2066-\u2069]/gu,
    name: ['character that changes the direction of text', 'characters that change the direction of text'],
  },
  // Zero-width space, word joiner, byte order mark.
  { pattern: /[\u200b\u2060\ufeff]/gu, name: ['invisible character', 'invisible characters'] },
];

/**
 * Returns text that may be typed into a terminal: lines end in LF, and everything that could control the terminal, hide
 * or reorder text is removed. All else stays, including tabs, emoji (joined by U+200D) and the marks of right-to-left
 * scripts.
 */
export function promptText(text: string): string {
  return NOT_IN_PROMPTS.reduce((rest, { pattern }) => rest.replaceAll(pattern, ''), lineFeeds(text));
}

/** Lists what `promptText` removes, each kind as `2 control characters`. */
export function removedFromPrompt(text: string): string[] {
  const lines = lineFeeds(text);
  return NOT_IN_PROMPTS.flatMap(({ pattern, name: [one, many] }) => {
    const count = lines.match(pattern)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
}

/**
 * Returns a transcript with spaces for control characters and without invisible ones: bidirectional overrides, tags,
 * zero widths, broken characters. Keeps the joiners that scripts and emoji need.
 */
export function spokenText(transcript: string): string {
  return transcript
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .replace(/(?![\u200c\u200d])\p{Cf}|\ufffd/gu, '');
}

function lineFeeds(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029]/gu, '\n');
}

/** Returns text in which invisible characters are written out (`␛`, `⟨202E⟩`). Line breaks and tabs stay. */
export function exactText(text: string): string {
  return text
    .replaceAll(/\r\n/g, '\n')
    .replaceAll(/(?![\n\t])[\x00-\x1f]/g, (character) =>
      String.fromCodePoint(0x2400 + character.charCodeAt(0)),
    )
    .replaceAll(/[\x7f-\x9f\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    });
}
