/**
 * Counts what scripts/test.sh has run: `node scripts/test-summary.ts FOLDER`. A run of tests leaves `NAME.jsonl`
 * (scripts/test-reporter.ts), a check `NAME.log`, its output; each leaves its exit status in `NAME.status`. Prints the
 * failures with their reasons, the tests that needed a second try, and the counts. Exit status 0 only when nothing failed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultLine } from './test-reporter.ts';

/** More tests than this with a second try are a failure: the suite or the program has become unreliable. */
const SECOND_TRIES = 3;
/** Lines of a failure's reason that are shown: enough for an assertion and the line that made it. */
const SHOWN_LINES = 12;

interface Failure {
  name: string;
  reason: string;
}

/** The results of all runs in a folder. */
export interface Summary {
  passed: number;
  failures: Failure[];
  /** Tests that passed only at the second try, with why the first one failed. */
  secondTries: Failure[];
}

/** Counts every run of a folder; one that died, or left a file unfinished, is a failure. */
export function summarize(folder: string): Summary {
  const summary: Summary = { passed: 0, failures: [], secondTries: [] };
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.status')) continue;
    const run = name.slice(0, -'.status'.length);
    const status = readFileSync(join(folder, name), 'utf8').trim();
    const log = join(folder, `${run}.log`);
    if (existsSync(log)) addCheck(summary, run, status, readFileSync(log, 'utf8'));
    else addRun(summary, run, status, readLines(join(folder, `${run}.jsonl`)));
  }
  if (summary.secondTries.length > SECOND_TRIES) {
    const reason = `${summary.secondTries.length} tests passed only at a second try; ${SECOND_TRIES} may.`;
    summary.failures.push({ name: 'second tries', reason });
  }
  return summary;
}

/** A check counts as one test. */
function addCheck(summary: Summary, name: string, status: string, log: string): void {
  if (status === '0') summary.passed += 1;
  else {
    const end = log
      .trim()
      .split('\n')
      .slice(1 - SHOWN_LINES)
      .join('\n');
    summary.failures.push({ name, reason: `${end}\nIt ended with status ${status}.` });
  }
}

function addRun(summary: Summary, run: string, status: string, lines: readonly ResultLine[]): void {
  const failed = summary.failures.length;
  const unfinished = new Set<string>();
  let ended = false;
  for (const line of lines) {
    if (line.type === 'file-begun') unfinished.add(line.file);
    else if (line.type === 'file-ended') unfinished.delete(line.file);
    else if (line.type === 'run-ended') ended = true;
    else if (line.type === 'trouble') {
      summary.failures.push({ name: line.name, reason: line.reasons.join('\n') });
    } else if (line.passed) {
      summary.passed += 1;
      if (line.retries > 0) summary.secondTries.push({ name: line.name, reason: line.reasons.join('\n') });
    } else {
      summary.failures.push({ name: `${line.name} (${line.state})`, reason: line.reasons.join('\n') });
    }
  }
  for (const file of unfinished) {
    summary.failures.push({ name: file, reason: `It had not ended when the ${run} run ended.` });
  }
  if (!ended || (status !== '0' && summary.failures.length === failed)) {
    const reason = ended ? '' : ' before its last test';
    summary.failures.push({ name: `the ${run} run`, reason: `It ended with status ${status}${reason}.` });
  }
}

/** The lines of a results file. There is none when the run died before its first test; its last line may be cut off. */
function readLines(path: string): ResultLine[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ResultLine);
}

/** Returns the lines to print after all runs. */
export function report({ passed, failures, secondTries }: Summary): string[] {
  const names = secondTries.map(({ name }) => name).join('; ');
  return [
    ...secondTries.flatMap((test) => linesOf('SECOND TRY', test)),
    ...failures.flatMap((failure) => linesOf('FAILED', failure)),
    `${secondTries.length} passed at a second try${names && `: ${names}`}`,
    `${passed} passed, ${failures.length} failed`,
  ];
}

function linesOf(title: string, { name, reason }: Failure): string[] {
  const shown = reason.split('\n').filter(Boolean).slice(0, SHOWN_LINES);
  return [`${title}: ${name}`, ...shown.map((line) => `  ${line}`)];
}

if (import.meta.main) {
  const [folder = '.'] = process.argv.slice(2);
  const summary = summarize(folder);
  console.log(report(summary).join('\n'));
  process.exitCode = summary.failures.length === 0 ? 0 : 1;
}
