import { expect, it } from 'vitest';
import { destinationOf } from '../../src/interpretation/destination.ts';
import { projects } from './said.ts';

it.each([
  ['the first project', null, null, { project: 'backend', rule: 'default' }],
  ['the focused one', null, 'docs', { project: 'docs', rule: 'focused' }],
  ['the chosen one', 'web app', null, { project: 'web app', rule: 'chosen' }],
  ['the chosen one, whatever is focused', 'web app', 'docs', { project: 'web app', rule: 'chosen' }],
])('a prompt of which nothing is known goes to %s', (_, chosen, focused, destination) => {
  expect(destinationOf(projects(chosen), focused)).toEqual(destination);
});
