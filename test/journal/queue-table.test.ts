import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Journal } from '../../src/journal/journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { utterance } from '../support/utterances.ts';

const logger = pino({ level: 'silent' });

function open(file = join(temporaryFolder(), 'j')): Journal {
  const journal = Journal.open(file, { logger });
  onTestFinished(() => journal.close());
  return journal;
}

test('a mark and a place are kept apart, and go together', () => {
  const journal = open();
  const at = new Date(1_800_000_000_123);
  journal.queue((queue) => queue.sent('a', { thread: 't', at }));
  journal.queue((queue) => queue.order(['b', 'a']));
  expect(journal.queue((queue) => queue.sentMark('a'))).toEqual({ thread: 't', at });
  expect(journal.queue((queue) => queue.sentMark('b'))).toBeNull();
  expect(['a', 'b', 'c'].map((id) => journal.queue((queue) => queue.position(id)))).toEqual([1, 0, null]);
  journal.queue((queue) => queue.unsent('a'));
  expect(journal.queue((queue) => queue.sentMark('a'))).toBeNull();
  expect(journal.queue((queue) => queue.position('a'))).toBe(1);
  journal.queue((queue) => queue.forget('a'));
  expect(journal.queue((queue) => queue.position('a'))).toBeNull();
});

test('knows where the other prompts stand, also those that have ended', () => {
  const journal = open();
  for (const id of ['a', 'b', 'c']) journal.insert(utterance({ id, prompt: `words of ${id}` }));
  journal.queue((queue) => queue.accepted('a', 'turn 1'));
  journal.queue((queue) => queue.accepted('b', 'turn 1'));
  journal.queue((queue) => queue.forget('a'));
  expect(journal.queue((queue) => queue.others('b'))).toEqual([{ turn: 'turn 1', prompt: 'words of a' }]);
  expect(journal.queue((queue) => queue.others('c'))).toHaveLength(2);
});

test('all of a transaction or nothing', () => {
  const journal = open();
  journal.insert(utterance({ id: 'a' }));
  const cut = () =>
    journal.together(() => {
      journal.update('a', { state: 'accepted' });
      journal.queue((queue) => queue.accepted('a', 'turn'));
      throw new Error('cut off');
    });
  expect(cut).toThrow('cut off');
  expect(journal.get('a')?.state).toBe('listening');
  expect(journal.queue((queue) => queue.others('b'))).toEqual([]);
});

test('finds an utterance by the beginning of its id', () => {
  const journal = open();
  for (const id of ['0123abcd-1', '0123abcd-2', '%___']) journal.insert(utterance({ id }));
  expect(journal.beginningWith('0123abcd-2').map(({ id }) => id)).toEqual(['0123abcd-2']);
  expect(journal.beginningWith('0123abcd')).toHaveLength(2);
  expect(journal.beginningWith('%').map(({ id }) => id)).toEqual(['%___']);
  expect(journal.beginningWith('0_23abcd')).toEqual([]);
});

test('a journal of before the queue gets it, and keeps what it has', () => {
  const file = join(temporaryFolder(), 'j');
  const journal = open(file);
  journal.insert(utterance({ id: 'a', prompt: 'old words' }));
  journal.close();
  const database = new DatabaseSync(file);
  database.exec(`DROP TABLE queue; ALTER TABLE utterances DROP COLUMN rule;
    ALTER TABLE utterances DROP COLUMN turn; ALTER TABLE utterances DROP COLUMN changes;
    ALTER TABLE utterances DROP COLUMN confidence; PRAGMA user_version = 1;`);
  database.close();
  const later = open(file);
  expect(later.get('a')?.prompt).toBe('old words');
  later.queue((queue) => queue.accepted('a', 'turn'));
  expect(later.queue((queue) => queue.others('b'))).toEqual([{ turn: 'turn', prompt: 'old words' }]);
});
