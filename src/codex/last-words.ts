import { terminalText } from '../text/clean.ts';

/** Enough for an error with its causes; the frames of a stack trace do not count. */
const LAST_LINES = 20;
/** Why a program ended: an error of Rust's main, of clap, of a log line, or of a panic. */
const ERROR = /^(?:error|fatal)\b|panicked at\b/iu;
const FRAME = /^\s*(?:\d+: |at )/u;
const NOISE =
  /^\s*(?:note: |location:|caused by:|for more information, try|run with `?rust_backtrace|usage: )|^\s*[\w./-]+\.rs:\d+(?::\d+)?$|^[\s\p{P}\p{S}\u2500-\u257f]*$/iu;
/** How serious a log line of Codex is; what has no level comes from the program itself. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', '', 'ERROR'];
const LOG_LINE = /^\S+Z\s+(?<level>ERROR|WARN|INFO|DEBUG|TRACE)\s+[\w:]+:\s+/u;

interface Line {
  text: string;
  level: number;
}

/** The end of what a program printed, and the line in it that says why it ended. */
export class LastWords {
  readonly #lines: Line[] = [];
  #inFrames = false;
  #inCauses = false;

  /** Takes a line without its line break; colours are removed. @returns it as plain text; '' when it says nothing */
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

  /** The last error; where there is none the last line of the most serious kind; '' when nothing was said. */
  get text(): string {
    const error = this.#lines.findLast(({ text }) => ERROR.test(text));
    if (error) return error.text;
    const most = Math.max(...this.#lines.map(({ level }) => level));
    return this.#lines.findLast(({ level }) => level === most)?.text ?? '';
  }

  /** The first line that holds these words, from there on; null when none does. */
  find(words: string): string | null {
    const line = this.#lines.find(({ text }) => text.includes(words));
    return line?.text.slice(line.text.indexOf(words)) ?? null;
  }
}

/** The same for what stands on a screen, where long lines are wrapped. @param columns of the screen */
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
