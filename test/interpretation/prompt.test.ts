import { describe, expect, it } from 'vitest';
import type { Heard } from '../../src/interpretation/interpretation.ts';
import { prompt } from '../../src/interpretation/prompt.ts';
import { context, projects, said } from './said.ts';

const CHANGES = [{ from: 'web app', to: 'webApp', at: 8, why: 'exact' as const }];

describe('a prompt goes to', () => {
  it.each<[string, Partial<Heard>, string | null, string, string]>([
    ['the first project', {}, null, 'backend', 'default'],
    ['the focused one', { project: 'docs', rule: 'focused' }, null, 'docs', 'focused'],
    [
      'the chosen one, whatever is focused',
      { project: 'docs', rule: 'focused' },
      'web app',
      'web app',
      'chosen',
    ],
    ['the one that was asked for', { project: 'docs', rule: 'asked' }, 'web app', 'docs', 'asked'],
  ])('%s', (_, place, chosen, project, rule) => {
    expect(prompt.interpret(said('Run the tests.', place), context({ projects: projects(chosen) }))).toEqual({
      kind: 'prompt',
      project,
      rule,
      prompt: `Run the tests. [${project}]`,
      changes: [],
    });
  });

  it.each([
    ['In docs, add a page.', 'docs', 'Add a page.'],
    ['API: restart the server.', 'backend', 'Restart the server.'],
    ['In the web app, add a page.', 'web app', 'Add a page.'],
  ])('the project that was said: %s', (words, project, rest) => {
    const place = { project: 'backend', rule: 'focused' } as const;
    expect(prompt.interpret(said(words, place), context({ projects: projects('backend') }))).toMatchObject({
      project,
      rule: 'said',
      prompt: `${rest} [${project}]`,
    });
  });

  it('none that prose merely speaks of, and none that is said where another was asked for', () => {
    const prose = 'Why do the docs say that the backend is slow?';
    expect(prompt.interpret(said(prose), context({ projects: projects('web app') }))).toMatchObject({
      project: 'web app',
      rule: 'chosen',
      prompt: `${prose} [web app]`,
    });
    const asked = said('In docs, add a page.', { project: 'backend', rule: 'asked' });
    expect(prompt.interpret(asked, context())).toMatchObject({
      project: 'backend',
      rule: 'asked',
      prompt: 'In docs, add a page. [backend]',
    });
  });
});

it('has what was taken back and repaired in it applied, with its changes before those of the names', () => {
  const words = 'Run the tests. Scratch that. In docs, fix the web page, no, I mean the web app.';
  const correct = (_project: string, text: string) => ({ prompt: text, changes: CHANGES });
  expect(prompt.interpret(said(words), context({ correct }))).toEqual({
    kind: 'prompt',
    project: 'docs',
    rule: 'said',
    prompt: 'Fix the web app.',
    changes: [
      { from: words, to: 'In docs, fix the web page, no, I mean the web app.', at: 0, why: 'repair' },
      { from: 'the web page, no, I mean the web app', to: 'the web app', at: 13, why: 'repair' },
      ...CHANGES,
    ],
  });
});

it('has the names corrected, and says what was changed', () => {
  const correct = () => ({ prompt: 'Fix the webApp', changes: CHANGES });
  expect(prompt.interpret(said('Fix the web app'), context({ correct }))).toMatchObject({
    prompt: 'Fix the webApp',
    changes: CHANGES,
  });
});
