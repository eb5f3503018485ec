import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type CorrectionParts, correctionPerformers } from '../../../src/daemon/actions/corrections.ts';
import type { Fact } from '../../../src/facts.ts';
import { Journal } from '../../../src/journal/journal.ts';
import type { LiveUtterance } from '../../../src/journal/live-utterance.ts';
import type { TextChange } from '../../../src/utterance.ts';
import { replacing } from '../../../src/wording/replacing.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { utterance } from '../../support/utterances.ts';

const change: TextChange = { from: 'cube', to: 'kube', at: 15, why: 'correction' };
const action = { type: 'correct', utterance: 'u1', text: 'Deploy it with kube.', change, by: 'u2' } as const;

let journal: Journal;
let done: string[];
let facts: Fact[];
let place: 'held' | 'queued' | 'sent';
let begun: LiveUtterance[];

beforeEach(() => {
  journal = Journal.open(join(temporaryFolder(), 'j'), { logger: pino({ level: 'silent' }) });
  onTestFinished(() => journal.close());
  const heard = { state: 'heard', source: 'hotkey', transcript: 'Deploy it with cube.' } as const;
  journal.insert(utterance({ id: 'u1', ...heard, prompt: 'Deploy it with cube.', changes: [] }));
  journal.insert(utterance({ id: 'u2', state: 'listening', source: 'hotkey' }));
  [done, facts, begun] = [[], [], []];
});

function performers() {
  const delivery = {
    entries: [{ id: 'u1', project: 'backend', prompt: '', state: 'queued' as const }],
    takeBack: (id: string) => void done.push(`take back ${id}`),
    amend: (id: string, { prompt }: { prompt?: string | null }) => {
      if (place === 'queued') done.push(`queue ${id}: ${prompt}`);
      return place === 'queued';
    },
    replace: (id: string, begin: () => LiveUtterance) => {
      done.push(`replace ${id}`);
      const live = begin();
      begun.push(live);
      return live;
    },
    resume: () => void done.push('resume'),
  };
  const parts: CorrectionParts = {
    journal,
    bus: { publish: (fact) => void facts.push(fact) },
    reviews: {
      all: place === 'held' ? ([{ id: 'u1' }] as unknown as CorrectionParts['reviews']['all']) : [],
      amend: (id, { prompt }) => {
        if (place === 'held') done.push(`review ${id}: ${prompt}`);
        return place === 'held';
      },
      cancel: (id) => void done.push(`cancel ${id}`),
    },
    projects: { deliveries: [delivery], delivery: () => delivery },
    words: { remember: async (word) => void done.push(`remember ${word}`) },
  };
  return correctionPerformers(parts);
}

test.each([
  ['held', 'review u1: Deploy it with kube.'],
  ['queued', 'queue u1: Deploy it with kube.'],
] as const)('a prompt that is %s is changed; what was said about it ends with that', (where, what) => {
  place = where;
  void performers().correct(action);
  expect(done).toEqual([what]);
  expect(journal.get('u2')?.state).toBe('cancelled');
  expect(facts).toMatchObject([{ type: 'corrected', from: 'cube', to: 'kube', typed: false }]);
});

test('one that was sent is replaced by a new prompt that says so', () => {
  place = 'sent';
  void performers().correct(action);
  expect(done).toEqual(['replace u1', 'resume']);
  expect(begun.map(({ record }) => record)).toMatchObject([
    {
      state: 'heard',
      source: 'hotkey',
      transcript: 'Deploy it with cube.',
      prompt:
        'My previous prompt was misheard. Do not follow it: this prompt replaces it.\n\nDeploy it with kube.',
      changes: [change],
    },
  ]);
  expect(journal.get('u1')).toMatchObject({ state: 'heard', prompt: 'Deploy it with cube.' });
  expect(journal.get('u2')?.state).toBe('cancelled');
  expect(facts.map(({ type }) => type)).toEqual(['heard', 'corrected']);
});

test('a waiting prompt that replaces another one still says so', () => {
  place = 'queued';
  journal.update('u1', { prompt: replacing('Deploy it with cube.') });
  void performers().correct(action);
  expect(done).toEqual([`queue u1: ${replacing('Deploy it with kube.')}`]);
});

test('nothing changes when the prompt is unknown or the text is empty', () => {
  place = 'sent';
  expect(() => performers().correct({ ...action, utterance: 'u3' })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  expect(() => performers().correct({ ...action, text: ' ' })).toThrow(
    expect.objectContaining({ code: 'prompt-empty' }),
  );
  expect([done, facts, journal.get('u2')?.state]).toEqual([[], [], 'listening']);
});

test.each([
  ['held', 'cancel u1'],
  ['queued', 'take back u1'],
] as const)('one that is %s is taken back', (where, what) => {
  place = where;
  void performers()['take-back']({ type: 'take-back', utterance: 'u1' });
  expect(done).toEqual([what]);
});

test('one that has ended cannot be taken back', () => {
  place = 'sent';
  expect(() => performers()['take-back']({ type: 'take-back', utterance: 'u9' })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
});

test('a word is remembered', async () => {
  place = 'sent';
  await performers()['remember-word']({ type: 'remember-word', word: 'kube' });
  expect(done).toEqual(['remember kube']);
});
