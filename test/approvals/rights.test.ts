import { describe, expect, it } from 'vitest';
import { type Action, type Origin, performWith } from '../../src/actions.ts';
import type { WaitingRequest } from '../../src/agent/requests.ts';
import type { RightsParts } from '../../src/approvals/rights.ts';
import { pendingRequest } from '../support/request.ts';
import { newRights } from '../support/rights.ts';

const APPROVE: Action = { type: 'answer', request: 'r1', hash: 'h1', answer: { decision: 'approve' } };
const DENY: Action = { ...APPROVE, answer: { decision: 'deny' } };
const SEND: Action = { type: 'review-send' };
const VOICE: Origin = { by: 'voice', pressedAt: 100 };
const reading: WaitingRequest = {
  ...pendingRequest({ command: 'git status', detail: 'git status' }),
  project: 'backend',
};
const read = { readAt: () => 50, readAgain: async () => null, isReadable: () => true };

/** Reports whether an action is done, or refused. */
async function isDone(action: Action, origin: Origin, over: Partial<RightsParts> = {}): Promise<boolean> {
  const done: Action[] = [];
  const note = (each: Action): never => {
    done.push(each);
    return undefined as never;
  };
  const performers = { answer: note, 'review-send': note };
  const perform = performWith<'answer' | 'review-send'>(performers, newRights(over).judge);
  try {
    await perform(action as never, origin);
  } catch (error) {
    expect(error).toMatchObject({ code: 'decision-refused' });
    expect(done).toEqual([]);
  }
  return done.length === 1;
}

describe('who may correct a prompt, and remember a word', () => {
  const change = { from: 'cube', to: 'kube', at: 0, why: 'correction' } as const;
  const judged = (action: Action, origin: Origin) => () => newRights({}).judge(action, origin);

  it('a recording corrects nothing', () => {
    const correct: Action = { type: 'correct', utterance: 'u1', text: 'kube', change, by: 'u2' };
    expect(judged(correct, VOICE)()).toBeNull();
    expect(judged(correct, 'recording')).toThrow(expect.objectContaining({ code: 'decision-refused' }));
  });

  it('only a press on a button remembers a word', () => {
    const remember: Action = { type: 'remember-word', word: 'kube' };
    expect(judged(remember, 'bubble')()).toBeNull();
    for (const origin of ['socket', 'recording', 'hotkey', 'tray', VOICE] as const)
      expect(judged(remember, origin)).toThrow(expect.objectContaining({ code: 'decision-refused' }));
  });
});

describe('who may decide', () => {
  it.each([APPROVE, DENY, SEND])('the user with any hand: %j', async (action) => {
    for (const origin of ['hotkey', 'bubble', 'tray', 'socket'] as const)
      expect(await isDone(action, origin)).toBe(true);
  });

  it.each([APPROVE, DENY, SEND])('never a recording: %j', async (action) => {
    expect(await isDone(action, 'recording')).toBe(false);
  });

  it.each([APPROVE, DENY, SEND])('not the control socket where the settings say so: %j', async (action) => {
    const socketDecisions = () => 'nobody' as const;
    expect(await isDone(action, 'socket', { socketDecisions })).toBe(false);
    expect(await isDone(action, 'bubble', { socketDecisions })).toBe(true);
    expect(() => newRights({ socketDecisions }).requireDecider('socket')).toThrow(
      expect.objectContaining({ code: 'decision-refused' }),
    );
  });

  it('everybody where nothing is decided, and at once', async () => {
    const rights = newRights({ socketDecisions: () => 'nobody' });
    for (const origin of ['socket', 'recording', VOICE] as const) {
      expect(rights.judge({ type: 'review-cancel' }, origin)).toBeNull();
      expect(rights.judge({ type: 'ask', text: 'x', source: 'cli' }, origin)).toBeNull();
    }
  });
});

describe('a voice decides', () => {
  const allowed: Partial<RightsParts> = { pending: () => [reading], aloud: read };

  it('about the one request that was read to its end, and lets a prompt go', async () => {
    expect(await isDone(APPROVE, VOICE, allowed)).toBe(true);
    expect(await isDone(DENY, VOICE, allowed)).toBe(true);
    expect(await isDone(SEND, VOICE, allowed)).toBe(true);
  });

  it.each<[string, Action, Partial<RightsParts>]>([
    ['nothing waits', APPROVE, { pending: () => [] }],
    ['several wait', APPROVE, { pending: () => [reading, { ...reading, id: 'r2' }] }],
    ['another one waits', APPROVE, { pending: () => [{ ...reading, id: 'r2' }] }],
    ['it has changed', APPROVE, { pending: () => [{ ...reading, hash: 'h2' }] }],
    ['no request is named', { ...APPROVE, request: undefined }, {}],
    ['nothing says what was shown', { ...APPROVE, hash: undefined }, {}],
    ['it is dangerous', DENY, { pending: () => [{ ...reading, dangers: ['destroys data'] }] }],
    ['it does not take this answer', DENY, { pending: () => [{ ...reading, decisions: ['approve'] }] }],
    ['it is for the whole session', { ...APPROVE, answer: { decision: 'approve-session' } }, {}],
    ['it is an answer in words', { ...APPROVE, answer: { answers: { q: ['yes'] } } }, {}],
    ['it cannot be read aloud', DENY, { aloud: { ...read, isReadable: () => false } }],
    ['it is not listed', APPROVE, { pending: () => [{ ...reading, command: 'make', detail: 'make' }] }],
    ['it was not read', APPROVE, { aloud: { ...read, readAt: () => null } }],
    ['it was read after the key was pressed', APPROVE, { aloud: { ...read, readAt: () => 101 } }],
  ])('nothing where %s', async (_, action, over) => {
    expect(await isDone(action, VOICE, { ...allowed, ...over })).toBe(false);
  });

  it('nothing in an utterance of an earlier run', async () => {
    expect(await isDone(APPROVE, { by: 'voice', pressedAt: null }, allowed)).toBe(false);
  });

  it('about a command that is named in the settings, which takes its dangers for granted', async () => {
    const dangerous = { ...reading, command: 'npm ci', detail: 'npm ci', dangers: ['uses the network'] };
    const over: Partial<RightsParts> = { ...allowed, pending: () => [dangerous] };
    expect(await isDone(APPROVE, VOICE, over)).toBe(false);
    expect(await isDone(APPROVE, VOICE, { ...over, voiceCommands: () => ['npm ci'] })).toBe(true);
    expect(await isDone(APPROVE, VOICE, { ...over, voiceCommands: () => ['npm *'] })).toBe(false);
  });
});
