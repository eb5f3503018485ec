import { expect, test } from 'vitest';
import { Bus, type Fact } from '../src/facts.ts';
import { memoryLog } from './support/memory-log.ts';
import { utterance } from './support/utterances.ts';

const OPENED: Fact = { type: 'opened' };
const LISTENED: Fact = { type: 'listened' };

test('every subscriber hears every fact at once, in the order in which they subscribed', () => {
  const bus = new Bus(memoryLog().logger);
  const told: string[] = [];
  bus.subscribe('first', ({ type }) => void told.push(`first ${type}`));
  const stop = bus.subscribe('second', ({ type }) => void told.push(`second ${type}`));
  bus.publish(OPENED);
  stop();
  bus.publish(LISTENED);
  expect(told).toEqual(['first opened', 'second opened', 'first listened']);
});

test('a fact that a subscriber publishes comes after the one that it has just heard, for everybody', () => {
  const bus = new Bus(memoryLog().logger);
  const told: string[] = [];
  bus.subscribe('publisher', ({ type }) => {
    if (type === 'opened') bus.publish(LISTENED);
  });
  bus.subscribe('last', ({ type }) => void told.push(type));
  bus.publish(OPENED);
  expect(told).toEqual(['opened', 'listened']);
});

test('a subscriber that fails costs the others nothing, and is named in the log', async () => {
  const { logger, lines } = memoryLog();
  const bus = new Bus(logger);
  const told: string[] = [];
  bus.subscribe('throws', () => {
    throw new Error('broken');
  });
  bus.subscribe('rejects', () => Promise.reject(new Error('late')));
  bus.subscribe('works', ({ type }) => void told.push(type));
  bus.publish(OPENED);
  expect(await bus.shown(LISTENED)).toBeNull();
  expect(told).toEqual(['opened', 'listened']);
  expect(lines.map(({ subscriber, fact, err }) => `${subscriber} ${fact} ${err?.message}`).sort()).toEqual([
    'rejects listened late',
    'rejects opened late',
    'throws listened broken',
    'throws opened broken',
  ]);
});

test('who publishes can wait until a fact is shown, and hears when that was', async () => {
  const bus = new Bus(memoryLog().logger);
  const ended: Fact = { type: 'ended', utterance: utterance({ id: 'u' }) };
  expect(await bus.shown(ended)).toBeNull();
  const { promise, resolve } = Promise.withResolvers<number | null>();
  bus.subscribe('silent', () => undefined);
  bus.subscribe('notifications', () => promise);
  const shown = bus.shown(ended);
  resolve(7);
  expect(await shown).toBe(7);
});
