/** The allowed options of a program. A command with any other option cannot be approved by voice. */
export interface OptionRules {
  /** Letters of options without a value, as in `-la`. */
  flags?: string;
  /** Letters of options with a value: `-n 5` or `-n5`. */
  values?: string;
  /** Long options. One that ends in `=` takes a value after `=` only; in `= `, the next word as well. */
  long?: readonly string[];
  /** Numbers such as `-20` are options. */
  numbers?: boolean;
  /** Maximum number of other words. Default: no limit. */
  most?: number;
}

/**
 * Removes the options of a command.
 * @returns the words that are not options; null: an option is not allowed
 */
export function operandsOf(words: readonly string[], rules: OptionRules): string[] | null {
  const { flags = '', values = '', long = [], numbers = false, most = Number.POSITIVE_INFINITY } = rules;
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = ''] = word.split('=');
      const known = word.includes('=') ? long.includes(`${name}=`) : long.includes(name);
      if (!known && !long.includes(`${name}= `)) return null;
      if (!known && !word.includes('=')) at += 1;
    } else if (word.length > 1 && word.startsWith('-')) {
      if (numbers && /^-\d+$/u.test(word)) continue;
      const letters = [...word.slice(1)];
      const end = letters.findIndex((letter) => !flags.includes(letter));
      if (end < 0) continue;
      if (!values.includes(letters[end] ?? '')) return null;
      if (end === letters.length - 1) at += 1;
    } else operands.push(word);
  }
  return operands.length <= most ? operands : null;
}
