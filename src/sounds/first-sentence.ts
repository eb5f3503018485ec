import { displayText } from '../text/clean.ts';
import { shorten } from '../text/shorten.ts';
import { prose } from './aloud.ts';
import { spokenSymbols, unspeakable } from './wording.ts';

/** Longest text that is read, UTF-16 units. */
const MOST = 200;
/** After a sentence as short as "Done.", the next one is read too, UTF-16 units. */
const LITTLE = 20;
/** Longest beginning of an answer that is searched, UTF-16 units. */
const LOOKED_AT = 5_000;

/**
 * Returns the spoken form of an answer: its first sentence, or its summary line, without Markdown and code. Empty:
 * there is nothing to read.
 */
export function firstSentence(answer: string): string {
  const paragraph = firstParagraph(displayText(withoutBlocks(answer.slice(0, LOOKED_AT))));
  const summary = /^(?:(?:in )?summary|tl;?dr|in short|result)\s*[:–—-]\s*(.+)$/iu.exec(paragraph)?.[1];
  const said = summary ?? beginning(paragraph);
  return shorten(prose(spoken(said)), MOST);
}

/** Returns the first lines with words, as one line without markup. */
function firstParagraph(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const words = withoutMarkup(line);
    const item = /^\s*(?:[-*+]|\d+[.)])\s/.test(line);
    if (lines.length > 0 && (words === '' || item)) break;
    if (words !== '' && !/^\s*#/.test(line)) lines.push(words);
    if (item && words !== '') break;
  }
  // The answer has only headings: uses the first one.
  if (lines.length === 0) return withoutMarkup(text.split('\n')[0] ?? '');
  return lines.join(' ');
}

/** Removes fenced and indented code, tables and rules. */
function withoutBlocks(text: string): string {
  return text
    .replace(/^ {0,3}(```+|~~~+)[^\n]*\n[\s\S]*?(?:^ {0,3}\1[^\n]*$|$(?![\s\S]))/gm, '')
    .replace(/^(?: {4}|\t).*$/gm, '')
    .replace(/^\s*\|.*$/gm, '')
    .replace(/^\s*(?:[-*_]\s*){3,}$/gm, '');
}

/** Returns one line as words: the text of links, names in code unchanged, and "some code" for other code. */
function withoutMarkup(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ x]\]\s+)?|\d+[.)]\s+)+/i, '')
    .replace(/(`+)(.+?)\1/g, (_code, _ticks, code: string) => nameOf(code))
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/<[^>\s][^>]*>/g, '')
    .replace(/https?:\/\/\S+/g, unspeakable.link)
    .replace(/[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}/g, (marks, at: number, all: string) => {
      const inWord = /\w/.test(all[at - 1] ?? '') && /\w/.test(all[at + marks.length] ?? '');
      return inWord ? ' ' : '';
    })
    .trim();
}

/** `src/totals.ts` and `npm test` can be spoken; `x => x + 1` cannot. */
function nameOf(code: string): string {
  const name = code.trim().replace(/\(\)$/, '');
  if (name.length > 40 || !/^[\p{L}\p{N}][\p{L}\p{N}\s._/-]*$/u.test(name)) return unspeakable.code;
  const short = name.split('/').at(-1) ?? name;
  return short.replace(/[._/-]+/g, ' ');
}

function beginning(paragraph: string): string {
  let said = '';
  const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
  for (const { segment } of sentences.segment(paragraph)) {
    said += segment;
    if (said.trim().length >= LITTLE) break;
  }
  return said.trim();
}

/** Replaces symbols by words. */
function spoken(text: string): string {
  return text
    .replaceAll('%', spokenSymbols.percent)
    .replaceAll('&', spokenSymbols.and)
    .replace(/\s\+\s/g, spokenSymbols.plus)
    .replace(/[’‘]/g, "'")
    .replace(/!/g, '.')
    .replace(/\)(?=\s*(?:[.,?:]|$))/g, '')
    .replace(/[–—;()]/g, ', ')
    .replace(/\s+([.,?:])/g, '$1');
}
