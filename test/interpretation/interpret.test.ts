import { describe, expect, it, test } from 'vitest';
import { INTERPRETERS, interpret } from '../../src/interpretation/interpret.ts';
import { pendingRequest } from '../support/request.ts';
import { context, heard } from './said.ts';

/** Everything waits for a word. */
const busy = context({
  approvals: { spoken: true, approve: ['approve', 'cancel', 'you'], deny: ['deny'] },
  requests: [{ ...pendingRequest(), project: 'backend' }],
  review: { id: 'u1', seenAt: 50 },
  recent: { id: 'u1', project: 'backend', prompt: 'Rename parse coffee.', state: 'held', sentAt: null },
});

test('the table, in its order', () => {
  expect(INTERPRETERS.map(({ name }) => name)).toEqual([
    'approval',
    'review',
    'correction',
    'project switch',
    'prompt',
  ]);
});

describe('what was said means', () => {
  it.each([
    ['Approve.', 'decision'],
    // A request of Codex comes before a prompt under review.
    ['Cancel.', 'decision'],
    ['Send it.', 'review'],
    // Before a correction.
    ['Scratch that.', 'review'],
    ['Undo that.', 'undo'],
    ['No, I said parse config.', 'correction'],
    ['Switch to docs.', 'project-switch'],
    ['In docs, switch to tabs.', 'prompt'],
    ['Approve the pull request.', 'prompt'],
    ['Rename the class. Scratch that.', 'taken-back'],
  ])('%s', (transcript, kind) => {
    expect(interpret(heard(transcript), busy)).toMatchObject({ kind });
  });

  it.each(['', '...', '[BLANK_AUDIO]', '(music)'])('nothing: %j', (transcript) => {
    expect(interpret(heard(transcript), busy)).toEqual({ kind: 'nothing-said' });
  });

  it('nothing where the engine invented it, even if it is a phrase that decides', () => {
    expect(interpret(heard('you', { speechMs: 160 }), busy)).toEqual({ kind: 'nothing-said' });
    expect(interpret(heard('you'), busy)).toMatchObject({ kind: 'decision' });
  });

  it('a prompt without what an engine notes on sounds', () => {
    expect(interpret(heard('[noise] Run the\n tests. (door slams)'), context())).toMatchObject({
      kind: 'prompt',
      prompt: 'Run the tests. [backend]',
    });
  });
});
