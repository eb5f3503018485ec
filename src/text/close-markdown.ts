/** Closes what is open at the end of unfinished Markdown, so that it does not flicker while it grows. */
export function closeMarkdown(markdown: string): string {
  const fences = markdown.match(/^ {0,3}(```|~~~)/gm)?.length ?? 0;
  if (fences % 2 === 1) return markdown;
  const start = markdown.lastIndexOf('\n\n') + 1;
  const before = markdown.slice(0, start);
  let last = markdown.slice(start).replace(/[ \t]*(?:\n[ \t]*)?(?:[*_`~]+|`{1,2}|\[|!\[|#{1,6})$/, '');
  if (count(last, /`/g) % 2 === 1) return `${before}${last}\``;
  last = last.replace(/!?\[([^\]\n]*)\]\([^)\s]*$/, '$1').replace(/(^|[\s(])!?\[([^\]\n]*)\]?$/, '$1$2');
  const words = last.replace(/`[^`]*`/g, '');
  if (count(words, /\*\*/g) % 2 === 1) return `${before}${last}**`;
  if (/(^|[\s(])\*[^\s*][^*\n]*$/.test(words.replace(/\*\*/g, ''))) return `${before}${last}*`;
  return before + last;
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}
