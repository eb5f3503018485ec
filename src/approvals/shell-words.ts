/** Splits a command into words as a POSIX shell does; null when it contains more than words (`;`, `$`, ...). */
export function shellWords(command: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let index = 0;
  while (index < command.length) {
    const character = command[index] ?? '';
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      index += 1;
      continue;
    }
    const part = partAt(command, index);
    if (part === null) return null;
    word = (word ?? '') + part.text;
    index = part.end;
  }
  if (word !== null) words.push(word);
  return words;
}

/** One quoted or plain part of a word. */
function partAt(command: string, start: number): { text: string; end: number } | null {
  const rest = command.slice(start);
  const single = /^'([^']*)'/.exec(rest);
  if (single) return { text: single[1] ?? '', end: start + single[0].length };
  const double = /^"((?:[^"\\$`]|\\[\s\S])*)"/.exec(rest);
  if (double) {
    return { text: (double[1] ?? '').replaceAll(/\\([$`"\\\n])/g, '$1'), end: start + double[0].length };
  }
  const escaped = /^\\([\s\S])/.exec(rest);
  if (escaped) return { text: escaped[1] ?? '', end: start + 2 };
  const plain = /^[^\s'"\\$`;&|<>(){}*?[\]~#!]+/.exec(rest);
  return plain ? { text: plain[0], end: start + plain[0].length } : null;
}
