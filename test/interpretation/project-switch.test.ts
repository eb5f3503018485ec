import { expect, it } from 'vitest';
import { projectSwitch } from '../../src/interpretation/project-switch.ts';
import { context, said } from './said.ts';

it.each(['Switch to docs.', 'Please use docs', 'Can you switch over to the docs project, please?'])(
  '%s',
  (words) => {
    expect(projectSwitch.interpret(said(words), context())).toEqual({
      kind: 'project-switch',
      project: 'docs',
    });
  },
);

it.each(['Use the debugger.', 'Switch to docs and add a page.', 'In docs, add a page.'])(
  '%s: chooses none',
  (words) => {
    expect(projectSwitch.interpret(said(words), context())).toBeNull();
  },
);

it('chooses none where the place was asked for', () => {
  expect(projectSwitch.interpret(said('Switch to docs.', { rule: 'asked' }), context())).toBeNull();
});
