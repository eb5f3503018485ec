import type { WindowsShell } from '../../agent/requests.ts';
import type { PlainWord } from '../plain-commands.ts';

/**
 * One word of PowerShell as it stands: in quotes, or of characters without a meaning. A word that is quoted only in part
 * may become two, `,` makes a list and `@x` a parameter list, so these do not match.
 */
const WORD = /^(?:'([^'"]+)'|"([^'"$`]+)"|([\w./\\:=+%^~*?-][\w./\\:=+%^~*?@-]*))(?=[ ;|&]|$)/u;
const OPERATOR = /^(?:&&|\|\||[;|])/u;

/**
 * Splits a command line of Windows into plain commands. PowerShell may join them by `&&`, `||`, `;` or `|`; of cmd there
 * is only one, without quotes. Returns null if the shell would do anything else: variables, subexpressions, blocks,
 * redirections, escapes, lists, several lines. Follows the documentation of PowerShell 7.5; not run on Windows.
 */
export function windowsCommands(line: string, shell: WindowsShell): PlainWord[][] | null {
  if (shell === 'cmd') return commandOfCmd(line);
  if (!/^[\x20-\x7e]+$/u.test(line)) return null;
  const commands: PlainWord[][] = [[]];
  for (let rest = line.trimStart(); rest !== ''; rest = rest.trimStart()) {
    const operator = OPERATOR.exec(rest)?.[0];
    if (operator !== undefined) {
      rest = rest.slice(operator.length);
      if (/^[&;|]/u.test(rest)) return null;
      commands.push([]);
      continue;
    }
    const found = WORD.exec(rest);
    const words = commands.at(-1);
    if (!found || !words) return null;
    const [whole, single, double, bare] = found;
    const text = bare ?? single ?? double ?? '';
    // A quoted text in place of a program is printed. Windows PowerShell passes `x\` in quotes on as `x"`.
    if (bare === undefined && (words.length === 0 || text.endsWith('\\'))) return null;
    // After `--%` other rules apply. `-a.b` and `-a:b` may become two words.
    if (bare !== undefined && /^(?:--%|-[^-].*[.:])/u.test(bare)) return null;
    words.push({ text, pattern: bare !== undefined && /[*?]/u.test(bare) });
    rest = rest.slice(whole.length);
  }
  return commands.every((words) => words.length > 0) ? commands : null;
}

/** `;`, `,` and `=` separate words too, so they are not allowed. */
function commandOfCmd(line: string): PlainWord[][] | null {
  if (!/^[\w ./\\:*?+-]+$/u.test(line)) return null;
  const words = line.split(' ').filter(Boolean);
  return words.length === 0 ? null : [words.map((text) => ({ text, pattern: /[*?]/u.test(text) }))];
}

/**
 * True when a program gets the word as it stands. Many programs of Windows are scripts of cmd (npm.cmd), for which
 * PowerShell does not quote `&`, `|` and `%`.
 */
export function isPassedOn(text: string): boolean {
  return !/[&|<>^%!()"]/u.test(text);
}
