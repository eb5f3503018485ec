import { expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';

const VERBS =
  'daemon start stop restart toggle press release cancel keys ask attach interrupt status history stats config demo doctor version';

test('every verb has help', () => {
  const commands = program().commands;
  expect(commands.map((command) => command.name())).toEqual(expect.arrayContaining(VERBS.split(' ')));
  for (const command of commands) {
    expect(command.description()).not.toBe('');
    expect(command.helpInformation()).toContain(`codex-voice ${command.name()}`);
  }
});
