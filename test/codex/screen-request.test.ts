import { describe, expect, test } from 'vitest';
import { screenRequest } from '../../src/codex/terminal-transport/screen-request.ts';

const rows = (...texts: string[]) => texts.map((text) => ({ text, dim: false }));

/** As Codex 0.169.0 draws them. */
const COMMAND = rows(
  '• Running touch /x && echo "a b"',
  '',
  '  Would you like to run the following command?',
  '',
  '  Environment: local',
  '',
  '  Reason: May I?',
  '',
  '  $ touch /x && echo "a b"',
  '',
  '› 1. Yes, proceed (y)',
  "  2. Yes, and don't ask again for commands that start with `touch /x` (p)",
  '  3. No, and tell Codex what to do differently (esc)',
  '',
  '  Press enter to confirm or esc to cancel',
);
const EDIT = rows(
  '  Would you like to make the following edits?',
  '',
  '  Description: Apply proposed file edits',
  '  Destination: /p/b.txt',
  '',
  '› 1. Yes, proceed (y)',
  "  2. Yes, and don't ask again for these files (a)",
  '  3. No, and tell Codex what to do differently (esc)',
);

describe('a request on the screen', () => {
  test('a command: its keys, and no lasting rule among the decisions', () => {
    const found = screenRequest(COMMAND, '/p');
    expect(found?.request).toMatchObject({
      kind: 'command',
      detail: 'touch /x && echo "a b"',
      reason: 'May I?',
      folder: '/p',
      decisions: ['approve', 'deny'],
    });
    expect(found?.keys).toEqual({ approve: 'y', deny: '\x1b' });
    expect(found?.request.dangers).not.toEqual([]);
  });

  test('edits: also for the session', () => {
    const found = screenRequest(EDIT, '/p');
    expect(found?.request).toMatchObject({
      kind: 'file-change',
      decisions: ['approve', 'approve-session', 'deny'],
    });
    expect(found?.keys).toEqual({ approve: 'y', 'approve-session': 'a', deny: '\x1b' });
  });

  test('another content is another request', () => {
    const other = COMMAND.map((row) => ({ ...row, text: row.text.replace('/x', '/y') }));
    expect(screenRequest(other, '/p')?.request.hash).not.toBe(screenRequest(COMMAND, '/p')?.request.hash);
  });

  test.each([
    ['an empty screen', rows()],
    ['a composer', rows('› Ask Codex to do anything')],
    ['words of a model', rows('• Would you like to run the following command?', '› 1. Yes, proceed (y)')],
    ['half a frame', COMMAND.slice(0, 11)],
    ['no way to deny', COMMAND.filter(({ text }) => !text.includes('No,'))],
  ])('none: %s', (_name, screen) => {
    expect(screenRequest(screen, '/p')).toBeNull();
  });
});
