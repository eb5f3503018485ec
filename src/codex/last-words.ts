import { terminalText } from '../text/clean.ts';

/** Enough for an error with its causes; stack frames do not count. */
const LAST_LINES = 20;
/** Lines that explain the end of a program: an error of Rust's main or clap, a log line, a panic. */
const ERROR = /^(?:error|fatal)\b|panicked at\b/iu;
const FRAME = /^\s*(?:\d+: |at )/u;
const NOISE =
  /^\s*(?:note: |location:|caused by:|for more information, try|run with `?rust_backtrace|usage: )|^\s*[\w./-]+\.rs:\d+(?::\d+)?$|^[\s\p{P}\p{S}\u2500-\u257f]*$/iu;
/** Severity of Codex's log lines. Lines without a level come from the program itself. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', '', 'ERROR'];
const LOG_LINE = /^\S+Z\s+(?<level>ERROR|WARN|INFO|DEBUG|TRACE)\s+[\w:]+:\s+/u;

interface Line {
  text: string;
  level: number;
}

/** Keeps the end of a program's output, and finds the line that explains why it ended. */
export class LastWords {
  readonly #lines: Line[] = [];
  #inFrames = false;
  #inCauses = false;

  /** Adds a line without its line break. @returns it as plain text without colours; '' when it is empty */
  push(raw: string): string {
    const plain = terminalText(raw).trim();
    if (/^stack backtrace:/iu.test(plain)) this.#inFrames = true;
    else if (!FRAME.test(plain) && plain !== '') this.#inFrames = false;
    const inCauses = this.#inCauses;
    this.#inCauses = /^caused by:/iu.test(plain) || (inCauses && FRAME.test(plain));
    if (this.#inFrames || NOISE.test(plain)) return '';
    const level = LOG_LINE.exec(plain)?.groups?.level ?? '';
    const text = plain.replace(LOG_LINE, '');
    const cause = inCauses ? text.replace(FRAME, '') : null;
    const last = this.#lines.at(-1);
    if (cause !== null && last) last.text = `${last.text}: ${cause}`;
    else if (/panicked at\b[^:]*:[\d:]*$/u.test(last?.text ?? '') && last) last.text = `${last.text} ${text}`;
    else this.#lines.push({ text, level: LEVELS.indexOf(level) });
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
    return text;
  }

  /** The last error, else the last line of the highest severity; '' without output. */
  get text(): string {
    const error = this.#lines.findLast(({ text }) => ERROR.test(text));
    if (error) return error.text;
    const most = Math.max(...this.#lines.map(({ level }) => level));
    return this.#lines.findLast(({ level }) => level === most)?.text ?? '';
  }

  /** Finds the first line with these words and returns it from there on; null when there is none. */
  find(words: string): string | null {
    const line = this.#lines.find(({ text }) => text.includes(words));
    return line?.text.slice(line.text.indexOf(words)) ?? null;
  }
}

/** The same for the text of a screen, where long lines are wrapped. @param columns of the screen */
export function lastWordsOn(rows: readonly string[], columns: number): string {
  const words = new LastWords();
  let line = '';
  for (const row of rows) {
    line += row;
    if (row.length === columns) continue;
    words.push(line);
    line = '';
  }
  words.push(line);
  return words.text;
}
