import { describe, expect, it, test } from 'vitest';
import { correction } from '../../src/interpretation/correction.ts';
import type { Heard, RecentPrompt } from '../../src/interpretation/interpretation.ts';
import { context, said } from './said.ts';

function meaning(words: string, recent: Partial<RecentPrompt> = {}, over: Partial<Heard> = {}) {
  const prompt: RecentPrompt = {
    ...{ id: 'u1', project: 'backend', prompt: 'Rename parse coffee in the loader.' },
    ...{ state: 'sent', sentAt: 50, ...recent },
  };
  const correct = (_project: string, text: string) => ({
    prompt: text.replace('parse config', 'parseConfig'),
    changes: [],
  });
  return correction.interpret(said(words, over), context({ recent: prompt, correct }));
}

const RIGHT = 'Rename parseConfig in the loader.';

test.each([
  'No, I said parse config.',
  'I meant parse config',
  'Sorry, I just said the parse config, please.',
])('said again, and spelt as the project does: %s', (words) => {
  expect(meaning(words)).toEqual({
    kind: 'correction',
    utterance: 'u1',
    text: RIGHT,
    change: { from: 'parse coffee', to: 'parseConfig', at: 7, why: 'correction' },
  });
});

test.each([
  ['It is spelled c, o, n, f, i, g.', 'Rename parse config in the loader.'],
  ['Replace coffee with config.', 'Rename parse config in the loader.'],
  ['No, change loader to reader, please.', 'Rename parse coffee in the reader.'],
  ["It's spelt lowder.", 'Rename parse coffee in the lowder.'],
  ['“No,” I said lowder.', 'Rename parse coffee in the lowder.'],
  // By sound.
  ['Replace parse cough fee with toml.', 'Rename toml in the loader.'],
])('%s', (words, text) => {
  expect(meaning(words)).toMatchObject({ kind: 'correction', text });
});

describe('it is another prompt where', () => {
  it.each<[string, string, Partial<RecentPrompt>, Partial<Heard>]>([
    ['nothing sounds like it', 'I meant production.', {}, {}],
    ['it says the same', 'I said parse coffee.', {}, {}],
    ['it is a sentence', 'I said that parse config is wrong.', {}, {}],
    ['more follows', 'I said parse config. Run the tests.', {}, {}],
    ['it is about the code', 'Replace the loader with a reader.', {}, {}],
    ['it has a place', 'Replace coffee with config in src.', {}, {}],
    ['a number is new', 'Change loader to 8080.', {}, {}],
    ['the letters are none', 'It is spelled wrong.', {}, {}],
    ['it was sent long ago', 'I said parse config.', { sentAt: 50 }, { pressedAt: 10_051 }],
    ['it is a reply', 'I said parse config.', {}, { source: 'reply' }],
    ['it is a recording', 'I said parse config.', {}, { source: 'file' }],
    ['it was pressed in an earlier run', 'I said parse config.', {}, { pressedAt: null }],
    ['there is nothing to take back', 'Undo that.', { state: 'ended' }, {}],
  ])('%s', (_, words, recent, over) => {
    expect(meaning(words, recent, over)).toBeNull();
  });

  it('there is no recent prompt', () => {
    expect(correction.interpret(said('I said parse config.'), context())).toBeNull();
  });
});

it.each<Partial<RecentPrompt>>([
  { state: 'held', sentAt: null },
  { state: 'queued', sentAt: null },
  { state: 'sent', sentAt: null },
  { state: 'ended', sentAt: 50 },
])('counts for one that is %j, however long it waits', (recent) => {
  const pressedAt = recent.sentAt === null ? 1_000_000 : 10_050;
  expect(meaning('I said parse config.', recent, { pressedAt })).toMatchObject({ text: RIGHT });
});

it.each(['Undo that.', 'Nope, cancel it.', 'Scratch that', 'Okay, strike that please.'])('%s', (words) => {
  expect(meaning(words)).toEqual({ kind: 'undo', utterance: 'u1' });
});
