/**
 * Splits a command line by the rules of the C runtime of Windows: backslashes before a quote are halved, and an odd one
 * makes the quote a character. Returns null when a quote is not closed.
 */
export function windowsArguments(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (const [part] of line.matchAll(/\\*"|\\+|[^\\"]/gu)) {
    if (part.endsWith('"')) {
      const slashes = part.length - 1;
      word = `${word ?? ''}${'\\'.repeat(Math.floor(slashes / 2))}`;
      if (slashes % 2 === 1) word += '"';
      else quoted = !quoted;
    } else if (!quoted && /^[ \t\r\n]$/u.test(part)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + part;
  }
  if (quoted) return null;
  if (word !== null) words.push(word);
  return words;
}
