import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { appServerSession, terminalSession } from '../../../src/codex/create-session.ts';
import type { LoopbackRequest, Reply } from '../../../src/loopback/model.ts';
import { type CodexBench, codexBench, outcome, SessionLog } from '../../support/codex.ts';
import { waitFor } from '../../support/process.ts';

/** Every key that is typed means something else, and Vim's normal mode is one key away. */
const TABLES = `
[tui]
vim_mode_default = true
[tui.keymap.global]
toggle_vim_mode = "f8"
copy = ["enter", "f9"]
[tui.keymap.chat]
interrupt_turn = "f12"
[tui.keymap.composer]
submit = "ctrl-enter"
[tui.keymap.editor]
insert_newline = "enter"
[tui.keymap.approval]
approve = "x"
decline = "y"
`;

describe('a user whose keys are other keys', () => {
  let bench: CodexBench;
  afterEach(() => bench?.close());

  test.each([
    ['by the app-server', appServerSession],
    ['by the terminal alone', terminalSession],
  ])('prompts are sent, answered and interrupted: %s', async (_, create) => {
    const replies: Reply[] = [];
    const isTitle = ({ lastUserText }: LoopbackRequest): boolean => lastUserText.startsWith('Generate a');
    bench = await codexBench(
      (request) => {
        const reply = isTitle(request) ? undefined : replies.shift();
        return reply ?? { kind: 'text', chunks: ['Done.'] };
      },
      { tables: TABLES },
    );
    const session = bench.session({}, create);
    new SessionLog(session);
    await session.start();
    expect(await outcome(session.submit('two\nlines'))).toMatchObject({ type: 'completed', answer: 'Done.' });

    const file = join(bench.home, 'made');
    replies.push({ kind: 'command', command: `touch ${file}`, justification: 'To show it' });
    const end = outcome(session.submit('make it'));
    const request = await waitFor('a request', () => session.pending[0], { timeout: 120_000 });
    await session.answer(request.id, request.hash, { decision: 'approve' });
    expect(await end).toMatchObject({ type: 'completed' });
    expect(existsSync(file)).toBe(true);

    replies.push({
      kind: 'text',
      chunks: 'one two three four five six seven eight nine'.split(' '),
      delayMs: 3_000,
    });
    const long = outcome(session.submit('something long'));
    await waitFor('the turn', () => session.status.state === 'working');
    await waitFor('the interrupt', () => session.interrupt());
    expect(await long).toMatchObject({ type: 'interrupted' });
  });
});
