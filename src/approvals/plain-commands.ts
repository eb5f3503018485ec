/** A word of a command as the shell passes it to the program. */
export interface PlainWord {
  text: string;
  /** Matches file names, which begin with the part before the first pattern character. */
  pattern: boolean;
}

/** Characters that a shell takes literally outside quotes. */
const PLAIN = /[\w./:=,@%+^-]/u;
const PATTERN = /[*?[\]]/u;
const OPERATOR = /^(?:&&|\|\||[;|])/u;

/**
 * Splits a command line into plain commands, joined by `&&`, `||`, `;` or `|`. Returns null if a shell would do
 * anything else (redirection, substitution, variables, braces, jobs, comments, several lines), and for any character
 * that is not printable ASCII, because letters of other scripts can look like those of a program's name.
 */
export function plainCommands(line: string): PlainWord[][] | null {
  if (!/^[\x20-\x7e]+$/u.test(line)) return null;
  const commands: PlainWord[][] = [[]];
  for (let at = 0; at < line.length; ) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    const operator = OPERATOR.exec(line.slice(at))?.[0];
    if (operator !== undefined) {
      at += operator.length;
      // `|&` and `;;` mean something else.
      if (/[&;|]/u.test(line[at] ?? '')) return null;
      commands.push([]);
      continue;
    }
    const word = wordAt(line, at);
    if (word === null) return null;
    commands.at(-1)?.push(word.word);
    at = word.end;
  }
  return commands.every((words) => words.length > 0) ? commands : null;
}

function wordAt(line: string, start: number): { word: PlainWord; end: number } | null {
  let text = '';
  let pattern = false;
  let at = start;
  for (; at < line.length; ) {
    const rest = line.slice(at);
    const character = rest[0] ?? '';
    if (character === ' ' || OPERATOR.test(rest)) break;
    const quoted =
      /^'([^']*)'/u.exec(rest) ?? /^"([^"$`\\!]*)"/u.exec(rest) ?? /^\\([\x20-\x7e])/u.exec(rest);
    if (quoted) {
      text += quoted[1] ?? '';
      at += quoted[0].length;
      continue;
    }
    if (PATTERN.test(character)) pattern = true;
    // As in HEAD~1; elsewhere it can mean a home folder.
    else if (!PLAIN.test(character) && !(character === '~' && /\w$/u.test(text))) return null;
    text += character;
    at += 1;
  }
  // A file may have any name, including the name of an option.
  if (pattern && (/^[*?[\]-]/u.test(text) || text === '')) return null;
  return { word: { text, pattern }, end: at };
}
