/** What one command of wt.exe asks for. */
export interface WtCommand {
  window?: string;
  size?: string;
  action: string;
  title?: string;
  target?: string;
  command: string[];
}

/**
 * Reads arguments as wt.exe does (https://learn.microsoft.com/windows/terminal/command-line-arguments): an argument
 * that is, or ends in, a semicolon without a backslash ends a command; the options of the window stand first; what is
 * no option begins the command line that runs in the tab. @throws Error at an option that is not documented
 */
export function parseWt(args: readonly string[]): WtCommand[] {
  const commands: string[][] = [[]];
  for (const arg of args) {
    // Each semicolon counts, wherever it stands in an argument.
    const parts = arg.split(/(?<!\\);/);
    commands.at(-1)?.push(parts[0]?.replaceAll('\\;', ';') ?? '');
    for (const part of parts.slice(1)) commands.push(part === '' ? [] : [part.replaceAll('\\;', ';')]);
  }
  return commands.map(parseOne);
}

const ACTIONS = ['new-tab', 'nt', 'split-pane', 'sp', 'focus-tab', 'ft'];

function parseOne(args: readonly string[]): WtCommand {
  const parsed: WtCommand = { action: 'new-tab', command: [] };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '-w' || arg === '--window') parsed.window = value(arg, rest);
    else if (arg === '--size') parsed.size = value(arg, rest);
    else if (arg === '--title') parsed.title = value(arg, rest);
    else if (arg === '-t' || arg === '--target') parsed.target = value(arg, rest);
    else if (ACTIONS.includes(arg)) parsed.action = arg;
    else if (arg.startsWith('-')) throw new Error(`wt.exe knows no ${arg}`);
    else return { ...parsed, command: commandLineWords([arg, ...rest]) };
  }
  return parsed;
}

/** The words of the command line that wt.exe makes of these, as the program in the window gets them. */
function commandLineWords(args: readonly string[]): string[] {
  const line = args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ');
  const words: string[] = [];
  let word: string | null = null;
  let inQuotes = false;
  for (const [, slashes = '', char = ''] of line.matchAll(/(\\*)([^\\]|$)/gs)) {
    const escaped = char === '"' && slashes.length % 2 === 1;
    const kept = char === '"' ? '\\'.repeat(slashes.length >> 1) : slashes;
    if (kept !== '' || escaped) word = (word ?? '') + kept;
    if (escaped) word += '"';
    else if (char === '"') {
      inQuotes = !inQuotes;
      word ??= '';
    } else if (/[ \t]/.test(char) && !inQuotes) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char !== '') word = (word ?? '') + char;
  }
  return word === null ? words : [...words, word];
}

function value(option: string, rest: string[]): string {
  const next = rest.shift();
  if (next === undefined) throw new Error(`${option} needs a value`);
  return next;
}
