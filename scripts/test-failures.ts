/** What failed in a run of vitest: `node scripts/test-failures.ts REPORT.json` prints a few lines for each failed test. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** As much of vitest's JSON report as is read here (vitest 5.1). */
interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

/** Lines of a failure's message that are shown: enough for an assertion and the line that made it. */
const SHOWN_LINES = 12;

const [path = ''] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
for (const file of report.testResults) {
  const failed = file.assertionResults.filter(({ status }) => status !== 'passed');
  const name = relative(process.cwd(), file.name);
  if (failed.length === 0 && file.message !== '') show(name, [file.message]);
  for (const test of failed) show(`${name} > ${test.fullName} (${test.status})`, test.failureMessages);
}

function show(title: string, messages: readonly string[]): void {
  console.log(`FAILED: ${title}`);
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n');
  for (const line of lines.slice(0, SHOWN_LINES)) console.log(`  ${line}`);
}
