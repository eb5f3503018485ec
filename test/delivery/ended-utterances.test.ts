import { getEventListeners } from 'node:events';
import { setImmediate as settled } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { EndedUtterances } from '../../src/delivery/ended-utterances.ts';
import { utterance } from '../support/utterances.ts';

const listening = utterance({ id: 'u1' });
const answered = utterance({ id: 'u1', state: 'answered', answer: 'Yes.' });

it('waits for the end, and leaves nothing behind', async () => {
  const ends = new EndedUtterances();
  const client = new AbortController();
  const ended = ends.ended('u1', () => listening, client.signal);
  expect(ends.waiting).toBe(1);
  ends.learn({ type: 'ended', utterance: utterance({ id: 'u2', state: 'failed' }) });
  ends.learn({ type: 'ended', utterance: answered });
  expect(await ended).toEqual(answered);
  expect(ends.waiting).toBe(0);
  expect(getEventListeners(client.signal, 'abort')).toEqual([]);
});

it('one that has ended is there at once, and the end of the client is no rejection that nothing handles', async () => {
  const ends = new EndedUtterances();
  const client = new AbortController();
  const unhandled: unknown[] = [];
  const onRejection = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', onRejection);
  onTestFinished(() => void process.off('unhandledRejection', onRejection));
  expect(await ends.ended('u1', () => answered, client.signal)).toEqual(answered);
  expect(ends.waiting).toBe(0);
  client.abort();
  await settled();
  await settled();
  expect(unhandled).toEqual([]);
});

it('passes on what the look throws, and the end of the client', async () => {
  const ends = new EndedUtterances();
  const client = new AbortController();
  const look = (): never => {
    throw new Error('the journal is gone');
  };
  await expect(ends.ended('u1', look, client.signal)).rejects.toThrow('the journal is gone');
  const ended = ends.ended('u1', () => null, client.signal);
  client.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(ends.waiting).toBe(0);
});

it('takes an id for an id, whatever it is', () => {
  expect(() =>
    new EndedUtterances().learn({ type: 'ended', utterance: utterance({ id: 'error', state: 'empty' }) }),
  ).not.toThrow();
});
