import { describe, expect, test } from 'vitest';
import type { TurnEvent } from '../../src/agent/session.ts';
import { turnFailure } from '../../src/codex/failure.ts';
import type { Notification, Turn } from '../../src/codex/protocol.ts';
import { PromptTurn } from '../../src/codex/turn.ts';

const ids = { threadId: 't', turnId: 'u' };
const user = (text: string): Notification => ({
  method: 'item/started',
  params: { ...ids, item: { type: 'userMessage', id: 'm', content: [{ type: 'text', text }] } },
});
const delta = (text: string, itemId = 'a'): Notification => ({
  method: 'item/agentMessage/delta',
  params: { ...ids, itemId, delta: text },
});
const message = (text: string, id = 'a'): Notification => ({
  method: 'item/completed',
  params: { ...ids, item: { type: 'agentMessage', id, text } },
});
const ended = (over: Partial<Turn>): Notification => ({
  method: 'turn/completed',
  params: { threadId: 't', turn: { id: 'u', status: 'completed', items: [], ...over } },
});

async function play(...notifications: Notification[]): Promise<TurnEvent[]> {
  const turn = new PromptTurn('the prompt');
  for (const notification of notifications) turn.notified(notification, 1, 't');
  turn.events.close();
  const events: TurnEvent[] = [];
  for await (const event of turn.events) events.push(event);
  return events;
}

describe('a turn', () => {
  test('accepted, streamed, completed', async () => {
    expect(await play(user(' the prompt '), delta('Hel'), delta('lo'), message('Hello'), ended({}))).toEqual([
      { type: 'accepted', turn: 'u', at: 1 },
      { type: 'delta', text: 'Hel', at: 1 },
      { type: 'delta', text: 'lo', at: 1 },
      { type: 'completed', answer: 'Hello', at: 1 },
    ]);
  });

  test('that asks a person waits for them, from when it is accepted to its end', async () => {
    const turn = new PromptTurn('the prompt');
    turn.waits(true, 1);
    turn.notified(user('the prompt'), 2, 't');
    turn.waits(true, 3);
    turn.waits(false, 4);
    turn.notified(ended({}), 5, 't');
    turn.waits(true, 6);
    const events: TurnEvent[] = [];
    for await (const event of turn.events) events.push(event);
    expect(events).toEqual([
      { type: 'accepted', turn: 'u', at: 2 },
      { type: 'activity', activity: { kind: 'waiting', text: 'waiting for you' }, at: 3 },
      { type: 'activity', activity: { kind: 'thinking', text: 'thinking' }, at: 4 },
      { type: 'completed', answer: '', at: 5 },
    ]);
  });

  const begun = (id = 'u', threadId = 't'): Notification => ({
    method: 'turn/started',
    params: { threadId, turn: { id, status: 'inProgress', items: [] } },
  });
  const typesOf = async (...notifications: Notification[]): Promise<string[]> =>
    (await play(...notifications)).map(({ type }) => type);

  test('one that was interrupted before its prompt was told is ours', async () => {
    expect(await typesOf(begun(), ended({ status: 'interrupted' }))).toEqual(['accepted', 'interrupted']);
    expect(await typesOf(begun(), user('the prompt'), ended({ status: 'interrupted' }))).toEqual([
      'accepted',
      'interrupted',
    ]);
  });

  test('one of others is not, though it was interrupted as soon', async () => {
    const interrupted = ended({ status: 'interrupted' });
    expect(await typesOf(interrupted)).toEqual([]); // it ran before ours was typed
    expect(await typesOf(begun('u', 'of a subagent'), interrupted)).toEqual([]);
    expect(await typesOf(begun(), user('other words'), interrupted)).toEqual([]);
    expect(await typesOf(begun(), ended({}))).toEqual([]);
    expect(await typesOf(begun(), interrupted, begun('v'), user('the prompt'))).toEqual([
      'accepted',
      'interrupted',
    ]);
  });

  test("another person's prompt and turn are not ours", async () => {
    expect(await play(user('other words'), delta('Hel'), ended({}))).toEqual([]);
  });

  test('the answer is what was said last; what came before is streamed too, apart', async () => {
    const events = await play(
      user('the prompt'),
      delta('Looking.'),
      message('Looking.'),
      delta('Found', 'b'),
      message('Found it.', 'b'),
      ended({}),
    );
    const streamed = events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
    expect(streamed).toBe('Looking.\n\nFound it.');
    expect(events.at(-1)).toMatchObject({ type: 'completed', answer: 'Found it.' });
  });

  test('a failure keeps the part of the answer, and says why even where the end does not', async () => {
    const error = { message: 'stream disconnected before completion: eof', codexErrorInfo: 'other' };
    const events = await play(
      user('the prompt'),
      delta('Half'),
      { method: 'error', params: { ...ids, willRetry: false, error } },
      ended({ status: 'failed' }),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      answer: 'Half',
      error: { code: 'turn-failed', message: expect.stringContaining('connection') },
    });
  });

  test('a server that is lost fails an accepted turn only', async () => {
    const turn = new PromptTurn('the prompt');
    turn.lost('words', 1);
    expect(turn.ended).toBe(false);
    turn.notified(user('the prompt'), 1);
    turn.lost('out of memory', 2);
    expect(turn.ended).toBe(true);
    const events: TurnEvent[] = [];
    for await (const event of turn.events) events.push(event);
    expect(events.at(-1)).toMatchObject({
      error: { code: 'codex-down', message: expect.stringContaining('memory') },
    });
  });

  test('a turn that was missed is recalled from the history', async () => {
    const turn = new PromptTurn('the prompt');
    turn.recall({ kind: 'accepted', turn: 'u', state: 'answered', answer: 'Hello' }, 1);
    const events: TurnEvent[] = [];
    for await (const event of turn.events) events.push(event);
    expect(events.map((event) => event.type)).toEqual(['accepted', 'delta', 'completed']);
  });
});

describe('why a turn failed', () => {
  test.each([
    ['usageLimitExceeded', 'turn-failed', /usage limit/u],
    ['unauthorized', 'codex-signed-out', /sign-in/u],
    [{ httpConnectionFailed: { httpStatusCode: null } }, 'turn-failed', /could not be reached/u],
    [{ httpConnectionFailed: { httpStatusCode: 401 } }, 'codex-signed-out', /sign-in/u],
    [{ httpConnectionFailed: { httpStatusCode: 503 } }, 'turn-failed', /overloaded/u],
    [{ responseTooManyFailedAttempts: { httpStatusCode: 429 } }, 'turn-failed', /too many requests/u],
    [{ httpConnectionFailed: { httpStatusCode: 404 } }, 'turn-failed', /model does not exist/u],
    [{ httpConnectionFailed: { httpStatusCode: 422 } }, 'turn-failed', /refused the request/u],
    ['somethingNew', 'turn-failed', /could not finish/u],
    [null, 'turn-failed', /could not finish/u],
  ])('%j', (codexErrorInfo, code, words) => {
    const report = turnFailure({ message: 'why', codexErrorInfo });
    expect(report).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(report.message).toContain('(why)');
    expect(report.hint).not.toBe('');
  });

  test('of the body of an answer only its message is shown', () => {
    const message = '{"error":{"message":"bad things","type":"invalid_request_error"}}';
    expect(turnFailure({ message, codexErrorInfo: 'other' })).toMatchObject({
      message: 'The model provider refused the request. (bad things)',
    });
    expect(turnFailure({ message: '{"half": ', codexErrorInfo: 'other' }).message).toContain('({"half":)');
  });

  test('a page of HTML becomes one short line without controls', () => {
    const report = turnFailure({ message: `<html>\n\x1b[31m${'x'.repeat(5_000)}` });
    expect(report.message).not.toMatch(/[\x00-\x1f]/u);
    expect(report.message.length).toBeLessThan(500);
  });
});
