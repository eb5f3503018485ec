import { styleText } from 'node:util';
import { type Level, levels, pino } from 'pino';
import type { CheckResult } from '../doctor/check.ts';
import { awaitPress, runChecks } from '../doctor/run.ts';
import { displayText } from '../text/clean.ts';
import { ENDING_SIGNALS } from './ending-signals.ts';
import { EXIT, type JsonOption, print, printJson } from './output.ts';

interface DoctorVerbOptions extends JsonOption {
  quick?: boolean;
  press?: boolean;
}

/**
 * Proves each part live and says what to do about what fails; exit status 1 when something does. With `press`, it only
 * waits for the hotkey.
 */
export async function doctor(options: DoctorVerbOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ENDING_SIGNALS) process.once(signal, () => stop.abort());
  const results: CheckResult[] = [];
  const show = (result: CheckResult): void => {
    results.push(result);
    if (!options.json) print(describe(result));
  };
  const checks = {
    env: process.env,
    workingDirectory: process.cwd(),
    stop: stop.signal,
    quick: options.quick ?? false,
    logger: pino({ level: logLevel(process.env.CODEX_VOICE_LOG) }, pino.destination(2)),
  };
  if (options.press) show(await awaitPress(checks, (request) => process.stderr.write(`${request}\n`)));
  else for await (const result of runChecks(checks)) show(result);
  if (options.json) printJson(results);
  else if (!options.press) print(`\n${summary(results)}`);
  if (stop.signal.aborted || results.some(({ state }) => state === 'failed')) process.exitCode = EXIT.failed;
}

type State = CheckResult['state'];

const SIGNS: Record<State, { sign: string; word: string; colour: 'green' | 'yellow' | 'red' }> = {
  ok: { sign: '✓', word: 'ok', colour: 'green' },
  warning: { sign: '!', word: 'warning', colour: 'yellow' },
  failed: { sign: '✗', word: 'failed', colour: 'red' },
};
/** Of the longest word and the longest name of a check, columns. */
const WORD_WIDTH = 7;
const NAME_WIDTH = 13;
/** Of the text in a terminal that is too narrow, columns. */
const LEAST_WIDTH = 30;

/** `✓ hotkey  what was proved`; for problems also the code and, in separate lines, what to do. */
function describe({ name, state, detail, code, hint }: CheckResult): string {
  const mark = markOf(state);
  const margin = mark.width + 1 + NAME_WIDTH + 2;
  const width = Math.max(LEAST_WIDTH, (process.stdout.columns ?? Number.POSITIVE_INFINITY) - margin);
  const text = [code === undefined ? detail : `${detail} [${code}]`, ...(hint ? [`-> ${hint}`] : [])];
  const lines = text.flatMap((part) => displayText(part).split('\n')).flatMap((line) => wrap(line, width));
  return `${mark.text} ${name.padEnd(NAME_WIDTH)}  ${lines.join(`\n${' '.repeat(margin)}`)}`;
}

/** Breaks a line at spaces so that each piece has at most `width` characters, as far as its words allow. */
function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function markOf(state: State): { text: string; width: number } {
  const { sign, word, colour } = SIGNS[state];
  const plain = showsUnicode() ? sign : word.padEnd(WORD_WIDTH);
  return { text: styleText(colour, plain, { stream: process.stdout }), width: plain.length };
}

/** Is stdout a terminal that shows UTF-8? */
function showsUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return process.stdout.isTTY && /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

function summary(results: readonly CheckResult[]): string {
  const count = (state: State): number => results.filter((result) => result.state === state).length;
  const parts = [
    [count('failed'), 'failed'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
    [count('ok'), 'ok'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}

function logLevel(name: string | undefined): Level | 'silent' {
  return name !== undefined && Object.hasOwn(levels.values, name) ? (name as Level) : 'silent';
}
