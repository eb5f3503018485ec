import { expect, test } from 'vitest';
import type { KnownPrompt } from '../../../src/agent/session.ts';
import { fateIn } from '../../../src/codex/history/prompt-fate.ts';
import type { Turn } from '../../../src/codex/protocol.ts';

/** A turn that began at this time, as Codex names it: the first 48 bits of a UUID of version 7. */
function turn(at: number, texts: readonly (string | { text: string; at: number })[]): Turn {
  const time = at.toString(16).padStart(12, '0');
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`,
    status: 'completed',
    items: texts.map((each, index) => ({
      id: `item-${index}`,
      type: 'userMessage',
      content: [{ type: 'text', text: typeof each === 'string' ? each : each.text }],
      ...(typeof each === 'string' ? {} : { startedAtMs: each.at }),
    })),
  } as Turn;
}

const known = ({ id }: Turn, prompt = 'yes'): KnownPrompt => ({ turn: id, prompt });
const NOW = 1_800_000_000_000;
const later = (ms: number) => new Date(NOW + ms);

test('only what was said since counts', () => {
  const turns = [turn(NOW, ['yes'])];
  expect(fateIn(turns, 'yes', later(0))).toMatchObject({ kind: 'accepted', turn: turns[0]?.id });
  expect(fateIn(turns, 'yes', later(1))).toEqual({ kind: 'absent' });
  expect(fateIn(turns, 'no', later(0))).toEqual({ kind: 'absent' });
});

test('the first of several with the same words is it', () => {
  const turns = [turn(NOW, ['yes']), turn(NOW + 500, ['yes'])];
  expect(fateIn(turns, 'yes', later(0))).toMatchObject({ turn: turns[0]?.id });
});

test('a prompt that was said again because nobody knew whether it was sent is not the first', () => {
  const again = turn(NOW + 500, ['yes']);
  expect(fateIn([again], 'yes', later(0), [known(again)])).toEqual({ kind: 'absent' });
  const first = turn(NOW + 10, ['yes']);
  expect(fateIn([first, again], 'yes', later(0), [known(again)])).toMatchObject({ turn: first.id });
});

test('two with the same words in one turn: one is another one', () => {
  const both = turn(NOW - 500, ['yes', { text: 'yes', at: NOW + 10 }]);
  expect(fateIn([both], 'yes', later(0), [known(both)])).toMatchObject({ kind: 'accepted', turn: both.id });
  expect(fateIn([both], 'yes', later(0), [known(both), known(both)])).toEqual({ kind: 'absent' });
  const old = turn(NOW - 500, ['yes']);
  expect(fateIn([old], 'yes', later(0), [])).toEqual({ kind: 'absent' });
});

test('other words in the same turn are another prompt', () => {
  const both = turn(NOW, ['do it', { text: 'yes', at: NOW + 10 }]);
  expect(fateIn([both], 'yes', later(0), [known(both, 'do it')])).toMatchObject({ kind: 'accepted' });
});

test('a turn that was interrupted before it told its prompt is that of the prompt', () => {
  const cut: Turn = { ...turn(NOW + 5, []), status: 'interrupted' };
  expect(fateIn([cut], 'yes', later(0))).toMatchObject({ turn: cut.id, state: 'interrupted' });
  expect(fateIn([cut], 'yes', later(6))).toEqual({ kind: 'absent' });
  expect(fateIn([cut], 'yes', later(0), [known(cut, 'no')])).toEqual({ kind: 'absent' });
  expect(fateIn([{ ...cut, status: 'completed' }], 'yes', later(0))).toEqual({ kind: 'absent' });
  const said = turn(NOW + 900, ['yes']);
  expect(fateIn([cut, said], 'yes', later(0))).toMatchObject({ turn: said.id });
});
