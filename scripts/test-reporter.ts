import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** One line of a results file: what happened in a run of tests, written as it happens. */
export type ResultLine =
  | { type: 'file-begun'; file: string }
  | { type: 'file-ended'; file: string }
  | { type: 'test'; name: string; passed: boolean; retries: number; state: string; reasons: string[] }
  /** A failure outside of a test: in a hook, while a file was loaded, in a worker that died. */
  | { type: 'trouble'; name: string; reasons: string[] }
  | { type: 'run-ended' };

/** The environment variable that names the results file. */
export const RESULTS_FILE = 'CODEX_VOICE_TEST_RESULTS';

/** Appends a line to a results file at once, so that a run that dies leaves what it knew. */
export function writeResult(path: string, line: ResultLine): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}

/** Writes the results of a run of vitest (5.1) for scripts/test-summary.ts. @throws Error when RESULTS_FILE is not set */
export default class ResultsReporter implements Reporter {
  readonly #path: string;

  constructor() {
    const path = process.env[RESULTS_FILE];
    if (!path) throw new Error(`${RESULTS_FILE} names no file for the results.`);
    this.#path = path;
  }

  onTestModuleQueued(module: TestModule): void {
    writeResult(this.#path, { type: 'file-begun', file: fileOf(module) });
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    writeResult(this.#path, {
      type: 'test',
      name: `${fileOf(test.module)} > ${test.fullName}`,
      passed: state === 'passed',
      retries: test.diagnostic()?.retryCount ?? 0,
      state,
      reasons: errors.map(reasonOf),
    });
  }

  onTestSuiteResult(suite: TestSuite): void {
    this.#trouble(`${fileOf(suite.module)} > ${suite.fullName}`, suite.errors());
  }

  onTestModuleEnd(module: TestModule): void {
    this.#trouble(fileOf(module), module.errors());
    writeResult(this.#path, { type: 'file-ended', file: fileOf(module) });
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly Failure[]): void {
    this.#trouble('an error outside of the tests', unhandled);
    writeResult(this.#path, { type: 'run-ended' });
  }

  #trouble(name: string, errors: readonly Failure[]): void {
    if (errors.length > 0) writeResult(this.#path, { type: 'trouble', name, reasons: errors.map(reasonOf) });
  }
}

/** As much of an error as is kept (vitest's SerializedError and TestError). */
interface Failure {
  name?: string;
  message: string;
  stack?: string;
  /** Difference between what was expected and what was there. */
  diff?: string;
  cause?: Failure;
}

function fileOf(module: TestModule): string {
  return relative(process.cwd(), module.moduleId);
}

/** The message, the difference, and where in this project it happened. */
function reasonOf({ name = 'Error', message, stack = '', diff = '', cause }: Failure): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  const lines = [`${name}: ${message}`, ...frames, diff, ...(cause ? [`caused by ${reasonOf(cause)}`] : [])];
  return stripVTControlCharacters(lines.filter(Boolean).join('\n'));
}
