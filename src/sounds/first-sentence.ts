import { displayText } from '../text/clean.ts';
import { shorten } from '../text/shorten.ts';
import { prose } from './aloud.ts';
import { spokenSigns, unspeakable } from './wording.ts';

/** Longer than that is not listened to, UTF-16 units. */
const MOST = 200;
/** A sentence as short as "Done." says little: the next one is read too, UTF-16 units. */
const LITTLE = 20;
/** No answer's first sentence lies further back, UTF-16 units: what is read of it does not grow with the answer. */
const LOOKED_AT = 5_000;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * What a voice says of an answer: its first sentence, or the summary line that it begins with. Markdown is taken off
 * and code is never read. Empty: there is nothing to say.
 */
export function firstSentence(answer: string): string {
  const paragraph = firstParagraph(displayText(withoutBlocks(answer.slice(0, LOOKED_AT))));
  const summary = /^(?:(?:in )?summary|tl;?dr|in short|result)\s*[:–—-]\s*(.+)$/iu.exec(paragraph)?.[1];
  const said = summary ?? beginning(paragraph);
  return shorten(prose(spoken(said)), MOST);
}

/** The first lines that are words, as one line without markup. */
function firstParagraph(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const words = withoutMarkup(line);
    const item = /^\s*(?:[-*+]|\d+[.)])\s/.test(line);
    if (lines.length > 0 && (words === '' || item)) break;
    if (words !== '' && !/^\s*#/.test(line)) lines.push(words);
    if (item && words !== '') break;
  }
  // An answer of headings alone: the first of them.
  if (lines.length === 0) return withoutMarkup(text.split('\n')[0] ?? '');
  return lines.join(' ');
}

/** Without fenced and indented code, tables and rules. */
function withoutBlocks(text: string): string {
  return text
    .replace(/^ {0,3}(```+|~~~+)[^\n]*\n[\s\S]*?(?:^ {0,3}\1[^\n]*$|$(?![\s\S]))/gm, '')
    .replace(/^(?: {4}|\t).*$/gm, '')
    .replace(/^\s*\|.*$/gm, '')
    .replace(/^\s*(?:[-*_]\s*){3,}$/gm, '');
}

/** One line as words: links by their text, names in code as they are, other code by that word. */
function withoutMarkup(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ x]\]\s+)?|\d+[.)]\s+)+/i, '')
    .replace(/(`+)(.+?)\1/g, (_code, _ticks, code: string) => nameOf(code))
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/<[^>\s][^>]*>/g, '')
    .replace(/https?:\/\/\S+/g, unspeakable.link)
    .replace(/[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}/g, (signs, at: number, all: string) => {
      const inWord = /\w/.test(all[at - 1] ?? '') && /\w/.test(all[at + signs.length] ?? '');
      return inWord ? ' ' : '';
    })
    .trim();
}

/** `src/totals.ts` and `npm test` can be said; `x => x + 1` cannot. */
function nameOf(code: string): string {
  const name = code.trim().replace(/\(\)$/, '');
  if (name.length > 40 || !/^[\p{L}\p{N}][\p{L}\p{N}\s._/-]*$/u.test(name)) return unspeakable.code;
  const short = name.split('/').at(-1) ?? name;
  return short.replace(/[._/-]+/g, ' ');
}

function beginning(paragraph: string): string {
  let said = '';
  for (const { segment } of sentences.segment(paragraph)) {
    said += segment;
    if (said.trim().length >= LITTLE) break;
  }
  return said.trim();
}

/** Signs that are words. */
function spoken(text: string): string {
  return text
    .replaceAll('%', spokenSigns.percent)
    .replaceAll('&', spokenSigns.and)
    .replace(/\s\+\s/g, spokenSigns.plus)
    .replace(/[’‘]/g, "'")
    .replace(/!/g, '.')
    .replace(/\)(?=\s*(?:[.,?:]|$))/g, '')
    .replace(/[–—;()]/g, ', ')
    .replace(/\s+([.,?:])/g, '$1');
}
