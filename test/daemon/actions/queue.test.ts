import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { type QueueActionParts, queuePerformers } from '../../../src/daemon/actions/queue.ts';
import { Journal } from '../../../src/journal/journal.ts';
import type { LiveUtterance } from '../../../src/journal/live-utterance.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { utterance } from '../../support/utterances.ts';

function sendAgain(parts: QueueActionParts, utterance: string): void {
  queuePerformers(parts)['queue-send']({ type: 'queue-send', utterance });
}

const ID = '5f8ca3a9-aff3-4ed1-97aa-f18ff0f221a3';

function partsWith(...ids: readonly string[]): {
  parts: QueueActionParts;
  journal: Journal;
  sent: LiveUtterance[];
} {
  const journal = Journal.open(join(temporaryFolder(), 'j'), { logger: pino({ level: 'silent' }) });
  onTestFinished(() => journal.close());
  for (const id of ids) journal.insert(utterance({ id, state: 'interrupted', prompt: 'run the tests' }));
  const sent: LiveUtterance[] = [];
  const delivery = { enqueue: (live: LiveUtterance) => sent.push(live) };
  const parts: QueueActionParts = {
    journal,
    projects: { deliveries: [], delivery: () => delivery },
    bus: { publish: () => undefined },
  };
  return { parts, journal, sent };
}

test.each([ID, ID.slice(0, 8)])('what was cut off is sent again, as a prompt of its own: %s', (id) => {
  const { parts, journal, sent } = partsWith(ID);
  sendAgain(parts, id);
  expect(sent.map(({ record }) => record)).toMatchObject([{ state: 'heard', prompt: 'run the tests' }]);
  expect(sent[0]?.id).not.toBe(ID);
  expect(journal.get(ID)?.state).toBe('interrupted');
});

test.each([
  ['another', 'not-found', [ID]],
  ['', 'not-found', [ID]],
  [ID.slice(0, 7), 'not-found', [ID]],
  [ID.slice(0, 8), 'usage', [ID, `${ID.slice(0, 8)}-0000-4ed1-97aa-f18ff0f221a3`]],
])('%j sends nothing: %s', (id, code, ids) => {
  const { parts, sent } = partsWith(...ids);
  expect(() => sendAgain(parts, id)).toThrow(expect.objectContaining({ code }));
  expect(sent).toEqual([]);
});

test('what goes on is not sent again', () => {
  const { parts, sent } = partsWith(ID);
  parts.journal.update(ID, { state: 'accepted' });
  expect(() => sendAgain(parts, ID)).toThrow('is accepted');
  expect(sent).toEqual([]);
});
