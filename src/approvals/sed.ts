import { operandsOf } from './options.ts';

const ADDRESS = String.raw`(?:\d+|\$|/(?:[^/\\]|\\.)*/I?)`;
const RANGE = String.raw`(?:${ADDRESS}(?:,(?:${ADDRESS}|\+\d+))?!?)?`;
/** A substitution without the flags e (runs it) and w (writes to a file). */
const SUBSTITUTION = String.raw`s(?:/(?:[^/\\]|\\.)*/(?:[^/\\]|\\.)*/|\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|)[gpIi0-9]*`;
/** Commands that print, delete lines from the output, quit, or number. */
const COMMAND = new RegExp(String.raw`^\s*${RANGE}\s*(?:[pdq=]|${SUBSTITUTION})\s*$`, 'u');

/** True when sed, called with these words, only prints: no -i, no script file, no command that writes or runs. */
export function readsWithSed(words: readonly string[]): boolean {
  const scripts: string[] = [];
  const others: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-e') {
      at += 1;
      scripts.push(words[at] ?? '');
    } else others.push(word);
  }
  const operands = operandsOf(others, {
    flags: 'nErsuz',
    long: ['--quiet', '--silent', '--regexp-extended', '--separate', '--null-data', '--posix', '--sandbox'],
  });
  if (operands === null) return false;
  if (scripts.length === 0) scripts.push(operands[0] ?? '');
  return scripts.every((script) => script.split(';').every((each) => COMMAND.test(each)));
}
