import { expect, test } from 'vitest';
import type { QueueEntry, Review } from '../../src/facts.ts';
import { RecentPrompts } from '../../src/interpretation/recent-prompts.ts';
import { replacing } from '../../src/wording/replacing.ts';
import { utterance } from '../support/utterances.ts';

const spoken = utterance({
  id: 'u1',
  source: 'hotkey',
  transcript: 'Run it.',
  prompt: 'Run it.',
  state: 'heard',
});
const entry = (state: QueueEntry['state'], prompt = 'Run it.'): QueueEntry => {
  return { id: 'u1', project: 'backend', prompt, state };
};

function watched(): { recent: RecentPrompts; reviews: Review[]; queue: QueueEntry[] } {
  const [reviews, queue]: [Review[], QueueEntry[]] = [[], []];
  return { recent: new RecentPrompts({ reviews: () => reviews, queue: () => queue }), reviews, queue };
}

test('knows where the newest spoken prompt is, from its review to its end', () => {
  const { recent, reviews, queue } = watched();
  expect(recent.newest).toBeNull();
  recent.learn({ type: 'heard', utterance: spoken, held: true });
  expect(recent.newest).toBeNull();
  const review: Review = {
    ...{ id: 'u1', project: 'backend', rule: null, transcript: 'Run it.', prompt: 'Run it now.' },
    ...{ state: 'counting', left_s: 3 },
  };
  reviews.push(review);
  expect(recent.newest).toMatchObject({ id: 'u1', prompt: 'Run it now.', state: 'held', sentAt: null });
  review.state = 'editing';
  expect(recent.newest).toBeNull();
  reviews.pop();
  queue.push(entry('queued', replacing('Run it.')));
  expect(recent.newest).toMatchObject({ prompt: 'Run it.', state: 'queued' });
  queue[0] = entry('sending');
  expect(recent.newest).toMatchObject({ state: 'sent', sentAt: null });
  recent.learn({ type: 'accepted', utterance: spoken, turn: 't' });
  expect(recent.newest?.sentAt).toBeGreaterThan(0);
  queue.pop();
  recent.learn({ type: 'ended', utterance: { ...spoken, state: 'answered' } });
  expect(recent.newest).toMatchObject({ state: 'ended', prompt: 'Run it.' });
});

test.each(['cancelled', 'failed'] as const)('forgets one that was %s', (state) => {
  const { recent } = watched();
  recent.learn({ type: 'heard', utterance: spoken, held: false });
  recent.learn({ type: 'ended', utterance: { ...spoken, state } });
  expect(recent.newest).toBeNull();
});

test('nobody can correct what may have been sent, or what was typed', () => {
  const { recent, queue } = watched();
  queue.push(entry('uncertain'));
  recent.learn({ type: 'heard', utterance: spoken, held: false });
  expect(recent.newest).toBeNull();
  queue[0] = entry('queued');
  recent.learn({
    type: 'heard',
    utterance: { ...spoken, id: 'u2', source: 'cli', transcript: null },
    held: false,
  });
  expect(recent.newest?.id).toBe('u1');
});
