import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { interpret } from '../../src/interpretation/interpret.ts';
import type { Context, RecentPrompt } from '../../src/interpretation/interpretation.ts';
import { context, heard } from './said.ts';

const FOLDER = join(import.meta.dirname, '..', 'data', 'corrections');

/** A correction; without `recent`, it is one within its own text. `prompt: null`: nothing is left of it. */
interface Case {
  said: string;
  recent?: string;
  prompt: string | null;
  heldOut?: boolean;
}

const CASES = JSON.parse(readFileSync(join(FOLDER, 'corrections.json'), 'utf8')) as Case[];
const PLAIN = readFileSync(join(FOLDER, 'plain.txt'), 'utf8').trim().split('\n');
/** Prompts that share words with the plain sentences. */
const RECENT = [
  'Rename the class in the parser and set the port to 80.',
  'Replace the callback with a function and run the tests.',
  'Undo the last commit, then cancel the build on the staging server.',
  'Change the color of the button and add a new line at the end of the file.',
  'Why is there no foo in the config of the logger?',
  'Scratch the old docs and spell out every name in the README.',
];

const STATES: readonly RecentPrompt['state'][] = ['held', 'queued', 'sent', 'ended'];

function recentPrompt(prompt: string, state: RecentPrompt['state'] = 'sent'): RecentPrompt {
  return {
    id: 'u1',
    project: 'backend',
    prompt,
    state,
    sentAt: state === 'sent' || state === 'ended' ? 50 : null,
  };
}

const asSaid: Context['correct'] = (_project, prompt) => ({ prompt, changes: [] });

/** What becomes of a case, in the terms of the data. */
function outcome({ said, recent }: Pick<Case, 'said' | 'recent'>): string | null {
  const meaning = interpret(
    heard(said, { speechMs: 10_000 }),
    context({ correct: asSaid, ...(recent === undefined ? {} : { recent: recentPrompt(recent) }) }),
  );
  switch (meaning.kind) {
    case 'correction':
      return meaning.text;
    case 'undo':
      return 'undo';
    case 'taken-back':
      return null;
    case 'prompt':
      return recent === undefined ? meaning.prompt : `sent as a prompt: ${meaning.prompt}`;
    default:
      return meaning.kind;
  }
}

describe.each([
  ['tuning', false],
  ['held out', true],
])('corrections, %s', (_, heldOut) => {
  const cases = CASES.filter((each) => (each.heldOut ?? false) === heldOut);
  test('at least 95 % are right', () => {
    const wrong = cases.flatMap((each) => {
      const is = outcome(each);
      return is === each.prompt ? [] : [{ ...each, is }];
    });
    expect(wrong.length / cases.length, JSON.stringify(wrong, null, 1)).toBeLessThanOrEqual(0.05);
  });
});

test('the data has the required size', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60);
  expect(CASES.filter(({ heldOut }) => heldOut).length).toBeGreaterThanOrEqual(CASES.length / 3);
  expect(new Set(PLAIN).size).toBeGreaterThanOrEqual(200);
});

describe('ordinary prompts with the same words do not change', () => {
  test('without a recent prompt', () => {
    expect(PLAIN.filter((said) => outcome({ said }) !== said)).toEqual([]);
  });

  test.each(RECENT)('after: %s', (recent) => {
    for (const state of STATES) {
      const touched = PLAIN.filter((said) => {
        const now = context({ correct: asSaid, recent: recentPrompt(recent, state) });
        const meaning = interpret(heard(said, { speechMs: 10_000 }), now);
        return meaning.kind !== 'prompt' || meaning.prompt !== said;
      });
      expect(touched, state).toEqual([]);
    }
  });
});
