import { describe, expect, it } from 'vitest';
import { destinationOf, type RoutableProjects, routeOf } from '../../src/interpretation/routing.ts';

const project = (name: string, ...aliases: string[]) => ({
  name,
  directory: `/home/me/${name}`,
  trusted: true,
  aliases,
});
const ALL = [project('backend', 'api'), project('web app'), project('docs')] as const;

function projects(chosen: string | null = null): RoutableProjects {
  return { all: ALL, chosen, current: ALL.find(({ name }) => name === chosen) ?? ALL[0] };
}

describe('a prompt of which nothing is known', () => {
  it.each([
    ['the first project', null, null, { project: 'backend', rule: 'default' }],
    ['the focused one', null, 'docs', { project: 'docs', rule: 'focused' }],
    ['the chosen one', 'web app', null, { project: 'web app', rule: 'chosen' }],
    ['the chosen one, whatever is focused', 'web app', 'docs', { project: 'web app', rule: 'chosen' }],
  ])('goes to %s', (_, chosen, focused, destination) => {
    expect(destinationOf(projects(chosen), focused)).toEqual(destination);
    expect(routeOf(projects(chosen), 'Run the tests.', focused)).toEqual({
      kind: 'prompt',
      prompt: 'Run the tests.',
      ...destination,
    });
  });
});

describe('what was said counts more than what is chosen or focused', () => {
  it.each([
    ['In docs, add a page.', 'docs', 'Add a page.'],
    ['API: restart the server.', 'backend', 'Restart the server.'],
    ['In the web app, add a page.', 'web app', 'Add a page.'],
  ])('%s', (said, name, prompt) => {
    expect(routeOf(projects('backend'), said, 'backend')).toEqual({
      kind: 'prompt',
      project: name,
      rule: 'said',
      prompt,
    });
  });

  it.each(['Switch to docs.', 'Please use docs', 'Can you switch over to the docs project, please?'])(
    '%s',
    (said) => {
      expect(routeOf(projects('web app'), said, 'backend')).toEqual({
        kind: 'switch',
        project: 'docs',
        rule: 'said',
      });
    },
  );

  it('but not prose that merely speaks of a project', () => {
    const said = 'Why do the docs say that the backend is slow?';
    expect(routeOf(projects('web app'), said, 'backend')).toEqual({
      kind: 'prompt',
      project: 'web app',
      rule: 'chosen',
      prompt: said,
    });
  });
});
