import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converse, wordsOf } from '../../src/loopback/answers.ts';
import { LoopbackModel, type Reply } from '../../src/loopback/model.ts';

const message = (role: string, text: string): object => ({
  type: 'message',
  role,
  content: [{ type: 'input_text', text }],
});
const BODY = {
  model: 'demo',
  input: [
    message('developer', 'Be good.'),
    message('user', '<environment_context>\n<cwd>/</cwd>'),
    message('user', 'Hello'),
    message('assistant', 'Hi'),
    message('user', 'Who are you?'),
  ],
};

describe('the loopback model', () => {
  let model: LoopbackModel;
  let reply: Reply;

  beforeEach(async () => {
    model = new LoopbackModel(() => reply);
    await model.start();
    reply = { kind: 'text', chunks: ['one ', 'two'] };
  });
  afterEach(() => model.close());

  function post(
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(`${model.baseUrl}/responses`, { method: 'POST', body, headers });
  }

  /** The data of every server-sent event. */
  async function events(response: Response): Promise<{ type: string; [key: string]: unknown }[]> {
    const text = await response.text();
    return text
      .split('\n\n')
      .filter(Boolean)
      .map((block) => JSON.parse(block.slice(block.indexOf('data: ') + 6)));
  }

  test('streams an answer and remembers what it was asked', async () => {
    const said = await events(await post(JSON.stringify(BODY)));
    expect(said.map((event) => event.type)).toEqual([
      'response.created',
      'response.output_item.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(said[4]).toMatchObject({ item: { content: [{ type: 'output_text', text: 'one two' }] } });
    expect(model.requests).toMatchObject([
      { model: 'demo', lastUserText: 'Who are you?', userTexts: ['Hello', 'Who are you?'], toolOutput: null },
    ]);
  });

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('reads a body in %s', async (encoding, compress) => {
    const response = await post(new Uint8Array(compress(JSON.stringify(BODY))), {
      'content-encoding': encoding,
    });
    expect(response.status).toBe(200);
    await response.text();
    expect(model.requests[0]?.lastUserText).toBe('Who are you?');
  });

  test('calls tools, with approval where there is a justification', async () => {
    reply = { kind: 'command', command: 'ls', justification: 'May I?' };
    const called = (await events(await post(JSON.stringify(BODY))))[1];
    expect(called).toMatchObject({ item: { type: 'function_call', name: 'exec_command' } });
    expect(JSON.stringify(called)).toContain('require_escalated');
    reply = { kind: 'tool', name: 'apply_patch', input: '*** Begin Patch', custom: true };
    expect((await events(await post(JSON.stringify(BODY))))[1]).toMatchObject({
      item: { type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch' },
    });
    const output = { type: 'function_call_output', call_id: 'c', output: 'README.md' };
    await (await post(JSON.stringify({ ...BODY, input: [...BODY.input, output] }))).text();
    expect(model.requests.at(-1)?.toolOutput).toBe('README.md');
  });

  test('fails on demand', async () => {
    reply = { kind: 'failure', how: 'status', status: 429 };
    expect((await post(JSON.stringify(BODY))).status).toBe(429);
    reply = { kind: 'failure', how: 'event', code: 'x', message: 'y' };
    expect((await events(await post(JSON.stringify(BODY)))).at(-1)).toMatchObject({
      type: 'response.failed',
    });
    reply = { kind: 'failure', how: 'cut', chunks: ['half'] };
    await expect(post(JSON.stringify(BODY)).then((response) => response.text())).rejects.toThrow();
  });

  test('bad requests disturb nobody', async () => {
    expect((await fetch(`${model.baseUrl}/models`)).status).toBe(404);
    expect((await fetch(`${model.baseUrl}/responses`)).status).toBe(404);
    expect((await post('{')).status).toBe(400);
    expect((await post('[]')).status).toBe(400);
    expect((await post('x', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('x', { 'content-encoding': 'rot13' })).status).toBe(400);
    expect((await post(JSON.stringify(BODY))).status).toBe(200);
  });

  test('a request can be waited for, before and after it came', async () => {
    const coming = model.waitForRequest((request) => request.lastUserText === 'Who are you?');
    await (await post(JSON.stringify(BODY))).text();
    expect(await coming).toBe(await model.waitForRequest(() => true));
    await expect(model.waitForRequest(() => false, 20)).rejects.toThrow(/not asked/u);
  });
});

describe('the conversation of the demo', () => {
  const said = (...userTexts: string[]): Parameters<typeof converse>[0] => ({
    at: 0,
    model: 'demo',
    input: [],
    lastUserText: userTexts.at(-1) ?? '',
    userTexts,
    toolOutput: null,
  });
  const answer = (reply: Reply): string =>
    reply.kind === 'text' && Array.isArray(reply.chunks) ? reply.chunks.join('') : '';

  test('says what it heard, and that it is no real model', () => {
    expect(answer(converse(said('Hello')))).toMatch(/^You said: "Hello"\..*loopback model/u);
    expect(answer(converse(said('a', 'b', 'c')))).toContain('3rd prompt');
    expect(answer(converse(said('x'.repeat(10_000)))).length).toBeLessThan(600);
  });

  test('words join to the same text', () => {
    expect(wordsOf(' a  b\nc ').join('')).toBe(' a  b\nc ');
    expect(wordsOf('one two')).toEqual(['one', ' two']);
  });
});
