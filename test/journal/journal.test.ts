import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { inspectJournal, Journal, type JournalOptions } from '../../src/journal/journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { utterance } from '../support/utterances.ts';

const logger = pino({ level: 'silent' });

function open(file: string, options: Partial<JournalOptions> = {}): Journal {
  const journal = Journal.open(file, { logger, ...options });
  onTestFinished(() => journal.close());
  return journal;
}

test('keeps an utterance as it is, through every change and a reopening', () => {
  const file = join(temporaryFolder(), 'state', 'journal.sqlite');
  const journal = open(file);
  journal.insert(utterance({ id: 'a' }));
  journal.update('a', { state: 'heard', transcript: 'délete „x“\u0000 now', timings: { speech: 812.5 } });
  const error = { code: 'turn-failed', message: 'It failed.', hint: 'Again.' } as const;
  journal.update('a', { state: 'failed', prompt: 'p', answer: 'half', error });
  journal.update('a', { error: null, confidence: 0.9134 });
  journal.update('a', {});
  journal.close();
  const expected = utterance({
    id: 'a',
    state: 'failed',
    transcript: 'délete „x“\u0000 now',
    confidence: 0.9134,
    prompt: 'p',
    answer: 'half',
    timings: { speech: 812.5 },
  });
  expect(open(file).get('a')).toEqual(expected);
});

test('is private', () => {
  const folder = join(temporaryFolder(), 'state');
  const journal = open(join(folder, 'journal.sqlite'));
  journal.insert(utterance({ id: 'a' }));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder))
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
});

test('unknown and repeated ids are errors', () => {
  const journal = open(join(temporaryFolder(), 'j'));
  journal.insert(utterance({ id: 'a' }));
  expect(journal.get('b')).toBeNull();
  expect(() => journal.update('b', { state: 'heard' })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  expect(() => journal.list({ limit: 1, before: 'b' })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  expect(() => journal.insert(utterance({ id: 'a' }))).toThrow(
    expect.objectContaining({ code: 'journal-failed' }),
  );
});

test('lists newest first, page by page', () => {
  const journal = open(join(temporaryFolder(), 'j'));
  for (const id of ['a', 'b', 'c', 'd']) journal.insert(utterance({ id }));
  expect(journal.list({ limit: 2 }).map(({ id }) => id)).toEqual(['d', 'c']);
  expect(journal.list({ limit: 9, before: 'c' }).map(({ id }) => id)).toEqual(['b', 'a']);
});

test('finds words of prompt, transcript and answer, also after a change', () => {
  const journal = open(join(temporaryFolder(), 'j'));
  journal.insert(utterance({ id: 'a', prompt: 'Restart the Server', answer: 'Done: nginx is up.' }));
  journal.insert(utterance({ id: 'b', transcript: 'explain the parser', answer: null }));
  journal.insert(utterance({ id: 'c', prompt: 'サーバーを再起動してください', answer: '100% a_b' }));
  const found = (query: string) => journal.list({ query, limit: 9 }).map(({ id }) => id);
  expect(found('server')).toEqual(['a']);
  expect(found('the')).toEqual(['b', 'a']);
  expect(found('nginx restart')).toEqual(['a']);
  expect(found('expl')).toEqual(['b']);
  expect(found('再起動')).toEqual(['c']);
  expect(found('%')).toEqual(['c']);
  expect(found(' ')).toEqual(['c', 'b', 'a']);
  expect(found('nothing like it')).toEqual([]);
  journal.update('a', { prompt: 'Stop it' });
  expect(found('server')).toEqual([]);
  expect(found('stop')).toEqual(['a']);
});

test('no query is a syntax error', () => {
  const journal = open(join(temporaryFolder(), 'j'));
  journal.insert(utterance({ id: 'a', prompt: 'x' }));
  const nasty = [
    '"',
    '"x',
    'x OR',
    'NEAR(',
    'prompt:x',
    '-x',
    'x*',
    '^x',
    "'; DROP TABLE utterances",
    '\u0000',
    '{x y}',
  ];
  for (const query of nasty) expect(Array.isArray(journal.list({ query, limit: 9 }))).toBe(true);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (query) => {
      journal.list({ query, limit: 9 });
    }),
  );
  expect(journal.get('a')).not.toBeNull();
});

test('names those without an end, oldest first, and the timings of those that were answered', () => {
  const journal = open(join(temporaryFolder(), 'j'));
  const states = [
    'heard',
    'answered',
    'accepted',
    'failed',
    'cancelled',
    'empty',
    'interrupted',
    'listening',
  ] as const;
  for (const state of states) journal.insert(utterance({ id: state, state, timings: { loop: 5 } }));
  expect(journal.unfinished().map(({ id }) => id)).toEqual(['heard', 'accepted', 'listening']);
  expect(journal.timings(10)).toEqual([{ loop: 5 }]);
});

test('keeps the newest, and all that are unfinished', () => {
  const file = join(temporaryFolder(), 'j');
  const journal = open(file);
  journal.insert(utterance({ id: 'unfinished', state: 'heard', prompt: 'old' }));
  for (let index = 0; index < 10; index += 1)
    journal.insert(utterance({ id: `u${index}`, state: 'answered', prompt: 'old' }));
  journal.close();
  const kept = open(file, { keep: 3 });
  expect(kept.list({ limit: 99 }).map(({ id }) => id)).toEqual(['u9', 'u8', 'u7', 'unfinished']);
  expect(kept.list({ query: 'old', limit: 99 })).toHaveLength(4);
});

test('what was written survives kill -9 of the writer', async () => {
  const file = join(temporaryFolder(), 'j');
  const script = fileURLToPath(new URL('writer.ts', import.meta.url));
  const writer = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = -1;
  for await (const line of createInterface(writer.stdout)) {
    last = Number(line);
    if (last === 50) writer.kill('SIGKILL');
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
  expect(last).toBeGreaterThanOrEqual(50);
  const journal = open(file);
  expect(journal.setAside).toBeNull();
  for (let index = 0; index <= last; index += 1)
    expect(journal.get(`u${index}`)?.transcript).toBe(`words ${index}`);
  expect(journal.list({ query: `words ${last}`, limit: 5 })[0]?.id).toBe(`u${last}`);
});

test('a corrupt file is moved aside whole, and a new journal begins', () => {
  const spoil: [string, (file: string) => void][] = [
    ['garbage', (file) => writeFileSync(file, 'not a database. '.repeat(1000))],
    ['truncated', (file) => truncateSync(file, 5000)],
    [
      'overwritten in the middle',
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0x5a, 4096, 20_000);
        writeFileSync(file, bytes);
      },
    ],
  ];
  for (const [name, damage] of spoil) {
    const file = join(temporaryFolder(), 'j');
    const before = open(file);
    for (let index = 0; index < 100; index += 1)
      before.insert(utterance({ id: `u${index}`, prompt: 'x'.repeat(500) }));
    before.close();
    damage(file);
    const damaged = readFileSync(file);
    const journal = open(file);
    expect([name, journal.list({ limit: 1 })]).toEqual([name, []]);
    journal.insert(utterance({ id: 'new' }));
    expect(journal.setAside).toMatch(/j\.corrupt-[\dTZ-]+$/);
    expect(readFileSync(journal.setAside ?? '').equals(damaged)).toBe(true);
  }
});

test('a folder in the place of the journal is named', () => {
  const file = join(temporaryFolder(), 'journal.sqlite');
  mkdirSync(file);
  const error = expect.objectContaining({
    code: 'journal-failed',
    message: `The journal ${file} is a folder.`,
    hint: expect.stringContaining(`mv ${file} `),
  });
  expect(() => open(file)).toThrow(error);
  expect(() => inspectJournal(file)).toThrow(error);
});

test('a journal of a newer version is refused and left alone', () => {
  const file = join(temporaryFolder(), 'j');
  open(file).close();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => Journal.open(file, { logger })).toThrow(expect.objectContaining({ code: 'journal-failed' }));
  expect(existsSync(file)).toBe(true);
});

test('a folder that cannot be written: state-unwritable', () => {
  // A path below a regular file fails for root, too, whom permissions do not stop.
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(() => Journal.open(join(folder, 'file', 'j'), { logger })).toThrow(
    expect.objectContaining({ code: 'state-unwritable', hint: expect.stringContaining('XDG_STATE_HOME') }),
  );
});
