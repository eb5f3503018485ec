/**
 * Returns a command line as the value of a desktop entry's key `Exec`. Desktop Entry Specification 1.5, "The Exec key": in
 * quotes, with a backslash before `"`, the backtick, `$` and `\\`; "%" doubled; and then each backslash once more, because
 * the value is a string.
 * @throws RangeError when a word contains a control character, which an entry cannot hold
 */
export function execKey(words: readonly string[]): string {
  return words.map(execWord).join(' ');
}

function execWord(word: string): string {
  if (/[\x00-\x1f\x7f]/.test(word)) throw new RangeError('a word contains a control character');
  const percent = word.replaceAll('%', '%%');
  if (/^[\w./:,+=@%-]+$/.test(word)) return percent;
  return `"${percent.replaceAll(/["`$\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\');
}

/** Returns the command line of an entry's key `Exec`; [] when it has none. Field codes (%u) are left out, as nothing is opened. */
export function execWords(entry: string): string[] {
  // Only a line feed ends a line here; to `.` and `$` of a pattern U+2028 does, too.
  const line = entry.split('\n').find((each) => each.startsWith('Exec='));
  const value = line?.slice('Exec='.length) ?? '';
  const words = value.replaceAll('\\\\', '\\').matchAll(/"((?:[^"\\]|\\[\s\S])*)"|(\S+)/g);
  return [...words].flatMap(([, quoted, plain]) => {
    if (plain !== undefined && /^%[a-zA-Z]$/.test(plain)) return [];
    return [(quoted?.replaceAll(/\\([\s\S])/g, '$1') ?? plain ?? '').replaceAll('%%', '%')];
  });
}
