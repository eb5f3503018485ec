import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ResultLine, writeResult } from '../../scripts/test-reporter.ts';
import { report, summarize } from '../../scripts/test-summary.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The lines of a run in which all is well. */
function goodRun(...between: ResultLine[]): ResultLine[] {
  return [
    { type: 'file-begun', file: 'a.test.ts' },
    passed('a.test.ts > works'),
    ...between,
    { type: 'file-ended', file: 'a.test.ts' },
    { type: 'run-ended' },
  ];
}

function passed(name: string, retries = 0, reasons: string[] = []): ResultLine {
  return { type: 'test', name, passed: true, retries, state: 'passed', reasons };
}

/** The last lines for these runs. */
function lastLines(runs: Record<string, { status: string; lines?: ResultLine[]; log?: string }>): string[] {
  const folder = temporaryFolder();
  for (const [name, { status, lines = [], log }] of Object.entries(runs)) {
    writeFileSync(join(folder, `${name}.status`), `${status}\n`);
    for (const line of lines) writeResult(join(folder, `${name}.jsonl`), line);
    if (log !== undefined) writeFileSync(join(folder, `${name}.log`), log);
  }
  return report(summarize(folder));
}

test('tests of all runs and checks are counted', () => {
  const unit = { status: '0', lines: goodRun() };
  const others = { status: '0', lines: goodRun(passed('b')) };
  expect(lastLines({ unit, others, types: { status: '0', log: '' } })).toEqual([
    '0 passed at a second try',
    '4 passed, 0 failed',
  ]);
});

test('a failed test and a failed check are named with their reasons', () => {
  const failed = goodRun({
    type: 'test',
    name: 'a.test.ts > adds',
    passed: false,
    retries: 1,
    state: 'failed',
    reasons: ['Error: 1 is not 2', 'Error: 1 is not 3'],
  });
  const types = { status: '2', log: 'main.ts(1,1): error\n' };
  expect(lastLines({ others: { status: '1', lines: failed }, types })).toEqual([
    'FAILED: a.test.ts > adds (failed)',
    '  Error: 1 is not 2',
    '  Error: 1 is not 3',
    'FAILED: types',
    '  main.ts(1,1): error',
    '  It ended with status 2.',
    '0 passed at a second try',
    '1 passed, 2 failed',
  ]);
});

test('a skipped test and trouble outside of the tests are failures', () => {
  const lines = goodRun(
    { type: 'test', name: 'skipped', passed: false, retries: 0, state: 'skipped', reasons: [] },
    { type: 'trouble', name: 'a.test.ts', reasons: ['Error: the hook'] },
  );
  const [skipped, trouble, reason] = lastLines({ others: { status: '0', lines } });
  expect([skipped, trouble, reason]).toEqual([
    'FAILED: skipped (skipped)',
    'FAILED: a.test.ts',
    '  Error: the hook',
  ]);
});

test('second tries are named, and more than three of them are a failure', () => {
  const again = (count: number) =>
    goodRun(...Array.from({ length: count }, (_, index) => passed(`t${index + 1}`, 1, ['Error: late'])));
  expect(lastLines({ others: { status: '0', lines: again(3) } }).slice(-3)).toEqual([
    '  Error: late',
    '3 passed at a second try: t1; t2; t3',
    '4 passed, 0 failed',
  ]);
  expect(lastLines({ others: { status: '0', lines: again(4) } }).slice(-4)).toEqual([
    'FAILED: second tries',
    '  4 tests passed only at a second try; 3 may.',
    '4 passed at a second try: t1; t2; t3; t4',
    '5 passed, 1 failed',
  ]);
});

test('a run that died is a failure, and the file that it ran is named', () => {
  const lines = goodRun().slice(0, 2);
  expect(lastLines({ others: { status: '137', lines }, sound: { status: '1' } })).toEqual([
    'FAILED: a.test.ts',
    '  It had not ended when the others run ended.',
    'FAILED: the others run',
    '  It ended with status 137 before its last test.',
    'FAILED: the sound run',
    '  It ended with status 1 before its last test.',
    '0 passed at a second try',
    '1 passed, 3 failed',
  ]);
});

test('a run that ended badly although its tests passed is a failure', () => {
  expect(lastLines({ others: { status: '1', lines: goodRun() } })).toEqual([
    'FAILED: the others run',
    '  It ended with status 1.',
    '0 passed at a second try',
    '1 passed, 1 failed',
  ]);
});

test('a line that was cut off is left out', () => {
  const folder = temporaryFolder();
  const whole = goodRun().map((line) => JSON.stringify(line));
  writeFileSync(join(folder, 'unit.jsonl'), `${whole.slice(0, 2).join('\n')}\n{"type":"te`);
  writeFileSync(join(folder, 'unit.status'), '137\n');
  expect(report(summarize(folder)).at(-1)).toBe('1 passed, 2 failed');
});
