import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { countIdentifiers } from '../../../src/vocabulary/identifiers.ts';

/**
 * Writes the names of real projects: node test/data/vocabulary/make-trees.ts GIT_DIRECTORY...
 * For each repository NAME.json is made beside this script: its files, and its identifiers with how often they occur.
 * Nothing else of the projects is kept; NOTICE.md says whose they are.
 */

const SOURCE = /\.(?:[cm]?[jt]sx?|py|rs)$/;
const LEAST_COUNT = 2;

for (const repository of process.argv.slice(2)) {
  const git = (...args: string[]): string =>
    execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const name = /([^/+]+?)(?:\/repo)?\/?$/.exec(repository)?.[1] ?? 'unnamed';
  const files = git('ls-tree', '-r', '--name-only', 'HEAD').trim().split('\n');
  const counts = new Map<string, number>();
  for (const file of files) {
    if (SOURCE.test(file)) countIdentifiers(git('show', `HEAD:${file}`), counts);
  }
  const identifiers = [...counts]
    .filter(([, count]) => count >= LEAST_COUNT)
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  const tree = { name, commit: git('rev-parse', 'HEAD').trim(), files, identifiers: Object.fromEntries(identifiers) };
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(tree)}\n`);
}
