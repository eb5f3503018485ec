import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blockedBy, holdsOther, isDraftOf, readScreen, showsDraft } from '../../../src/codex/tui/screen.ts';
import type { ScreenRow } from '../../../src/terminal/hidden-terminal.ts';

const FOLDER = new URL('../../data/screens/', import.meta.url);

/** A screen of Codex 0.169.0 as it was recorded; a row's `~` says that its text is dim. */
function recorded(name: string): ScreenRow[] {
  const text = readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8').trimEnd();
  return text.split('\n').map((row) => ({ text: row.slice(2), dim: row.startsWith('~') }));
}

function typed(...rows: string[]): ScreenRow[] {
  return rows.map((text) => ({ text, dim: false }));
}

const EXPECTED: Record<string, string> = {
  idle: 'composer',
  answered: 'composer',
  working: 'composer',
  'plan-mode': 'composer',
  draft: 'composer draft',
  'draft-lines': 'composer draft',
  'draft-pasted': 'composer draft',
  commands: 'composer draft',
  resuming: 'loading',
  'sign-in': 'sign-in',
  'folder-trust': 'folder-trust',
  'update-offer': 'update-offer',
  'hooks-review': 'hooks-review',
  approval: 'approval',
  question: 'question',
  transcript: 'transcript',
  reconnecting: 'reconnecting',
  'shell-mode': 'shell-mode',
  shortcuts: 'menu',
  menu: 'menu',
};

function summary(rows: ScreenRow[]): string {
  const screen = readScreen(rows);
  if (screen.kind === 'composer') return screen.draft ? 'composer draft' : 'composer';
  return screen.kind === 'blocked' ? screen.by : 'loading';
}

describe('the composer gate', () => {
  test('every recorded screen is expected to be something', () => {
    const names = readdirSync(FOLDER).map((name) => name.replace('.txt', ''));
    expect(names.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test.each(Object.entries(EXPECTED))('%s is %s', (name, expected) => {
    expect(summary(recorded(name))).toBe(expected);
  });

  test.each([
    [
      'model-migration',
      typed('  A new model', '', '› 1. Try new model', '  2. Use existing model', '', '  enter confirm'),
    ],
    [
      'working-directory',
      typed('  Working directory · resume', '', '› 1. Session', '  2. Current', '', '  enter confirm'),
    ],
    ['loading', typed('', '')],
    ['loading', []],
  ])('%s, as its texts in the program say', (expected, rows) => {
    expect(summary(rows)).toBe(expected);
  });

  test('an answer that quotes a question of Codex is no question', () => {
    const idle = recorded('idle');
    idle[10] = { text: '  Would you like to run the following command?', dim: false };
    idle[12] = { text: '› 1. Yes, proceed (y)', dim: false };
    idle[14] = { text: '• Trust this folder?', dim: false };
    expect(summary(idle)).toBe('composer');
  });

  test('every blocking screen has advice', () => {
    for (const by of new Set(Object.values(EXPECTED).filter((kind) => !/composer|loading/u.test(kind)))) {
      const report = blockedBy(by as Parameters<typeof blockedBy>[0]);
      expect(report.message).toMatch(/\.$/u);
      expect(report.hint).toMatch(/\.$/u);
    }
  });
});

describe('what is in the composer', () => {
  test('a prompt is recognised by its end', () => {
    expect(showsDraft(recorded('draft'), 'hello a draft')).toBe(true);
    expect(showsDraft(recorded('draft-lines'), 'line one\nline two\n\nline three')).toBe(true);
    expect(showsDraft(recorded('draft-pasted'), 'long text '.repeat(400))).toBe(true);
    expect(showsDraft(recorded('draft'), 'something else')).toBe(false);
    expect(showsDraft(recorded('idle'), 'Codex to do anything')).toBe(false);
    expect(holdsOther(recorded('draft'), 'hello a draft')).toBe(false);
    expect(holdsOther(recorded('draft'), 'a draft')).toBe(true);
    expect(holdsOther(recorded('draft-lines'), 'line one\nline two\n\nline three')).toBe(false);
    expect(holdsOther(recorded('draft-pasted'), 'long text '.repeat(400))).toBe(false);
    expect(holdsOther(recorded('idle'), 'something else')).toBe(false);
    expect(holdsOther(recorded('approval'), 'something else')).toBe(false);
    expect(holdsOther(recorded('menu'), 'something else')).toBe(false);
  });

  test('a draft is told from a prompt of ours', () => {
    expect(isDraftOf(recorded('draft'), 'hello a draft, and more that is on the next row')).toBe(true);
    expect(isDraftOf(recorded('draft'), 'hello')).toBe(false);
    expect(isDraftOf(recorded('draft-pasted'), 'long text '.repeat(400))).toBe(true);
    expect(isDraftOf(recorded('draft-pasted'), 'long text '.repeat(401))).toBe(false);
    expect(isDraftOf(recorded('draft'), '')).toBe(false);
  });
});
