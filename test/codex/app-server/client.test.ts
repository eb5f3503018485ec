import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppServerClient } from '../../../src/codex/app-server/client.ts';
import type { Notification, UserRequest } from '../../../src/codex/protocol.ts';
import { silent } from '../../support/codex.ts';

describe('the app-server client', () => {
  let url: string;
  let authorization: string | undefined;
  let http: Server;
  let server: WebSocketServer;
  let peer: WebSocket;
  let client: AppServerClient;
  const heard: { notifications: Notification[]; requests: UserRequest[]; closed: number } = {
    notifications: [],
    requests: [],
    closed: 0,
  };

  beforeEach(async () => {
    http = createServer();
    server = new WebSocketServer({ server: http });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `ws://127.0.0.1:${address.port}`;
    const connected = new Promise<WebSocket>((resolve) => {
      server.once('connection', (socket, { headers }) => {
        authorization = headers.authorization;
        resolve(socket);
      });
    });
    client = await AppServerClient.connect({ url, token: 'secret' }, silent);
    peer = await connected;
    Object.assign(heard, { notifications: [], requests: [], closed: 0 });
    client.listen({
      notification: (notification) => heard.notifications.push(notification),
      request: (request) => heard.requests.push(request),
      closed: () => {
        heard.closed += 1;
      },
    });
  });

  afterEach(async () => {
    client.close();
    server.close();
    await new Promise((resolve) => http.close(resolve));
  });

  const say = (message: unknown): void =>
    peer.send(typeof message === 'string' ? message : JSON.stringify(message));
  const answer = (reply: (id: number) => object): void => {
    peer.once('message', (data) => {
      const { id }: { id: number } = JSON.parse(String(data));
      say({ id, ...reply(id) });
    });
  };
  const delta = { threadId: 't', turnId: 'u', itemId: 'i', delta: 'word' };

  test('asks and gets the answer, without a jsonrpc field', async () => {
    const sent = new Promise((resolve) => peer.once('message', (data) => resolve(JSON.parse(String(data)))));
    answer(() => ({ result: { account: null, requiresOpenaiAuth: true, more: 'ignored' } }));
    const result = await client.request('account/read', { refreshToken: false });
    expect(result).toEqual({ account: null, requiresOpenaiAuth: true });
    expect(await sent).toEqual({ id: 1, method: 'account/read', params: { refreshToken: false } });
  });

  test('a refusal is an error with its code', async () => {
    answer(() => ({ error: { code: -32600, message: 'no such thread' } }));
    await expect(
      client.request('thread/resume', { threadId: 'x', excludeTurns: true }),
    ).rejects.toMatchObject({
      code: 'codex-down',
      rpcCode: -32600,
      message: 'Codex refused thread/resume: no such thread',
    });
  });

  test('an answer of another form is an error', async () => {
    answer(() => ({ result: { account: 'me' } }));
    await expect(client.request('account/read', { refreshToken: false })).rejects.toMatchObject({
      code: 'codex-version',
      cause: { message: expect.stringContaining('requiresOpenaiAuth') },
    });
  });

  test('no answer is an error after the time-out', async () => {
    await expect(client.request('account/read', { refreshToken: false }, 30)).rejects.toMatchObject({
      code: 'codex-down',
      message: 'Codex did not answer account/read within 0 seconds.',
    });
  });

  test('a lost connection fails what was asked and is told once', async () => {
    const asked = client.request('account/read', { refreshToken: false });
    peer.terminate();
    const lost = { code: 'codex-down', message: 'Codex ended before it answered account/read.' };
    await expect(asked).rejects.toMatchObject(lost);
    expect(heard.closed).toBe(1);
    await expect(client.request('account/read', { refreshToken: false })).rejects.toMatchObject(lost);
    expect(() => client.respond(1, {})).toThrow(expect.objectContaining({ code: 'codex-down' }));
  });

  test('notifications come in order, "error" is one of them, and nonsense disturbs nobody', async () => {
    const error = { threadId: 't', turnId: 'u', willRetry: false, error: { message: 'no' } };
    say({ method: 'item/agentMessage/delta', params: delta });
    say('not json');
    say([1, 2]);
    say({ id: 99, result: {} });
    say({ method: 'item/agentMessage/delta', params: { delta: 7 } });
    say({ method: 'something/new', params: {} });
    say({ method: 'constructor', params: {} });
    say({ method: 'error', params: error });
    await expect
      .poll(() => heard.notifications)
      .toEqual([
        { method: 'item/agentMessage/delta', params: delta },
        { method: 'error', params: error },
      ]);
  });

  test('requests for a person are heard, others are left to the terminal', async () => {
    const params = { threadId: 't', command: 'ls', reason: 'Why not?' };
    say({ id: 5, method: 'currentTime/read', params: {} });
    say({ id: 'six', method: 'item/commandExecution/requestApproval', params });
    await expect
      .poll(() => heard.requests)
      .toEqual([{ id: 'six', method: 'item/commandExecution/requestApproval', params }]);
  });

  test('the token goes along', () => {
    expect(authorization).toBe('Bearer secret');
  });

  test('nobody there', async () => {
    client.close();
    await new Promise((resolve) => http.close(resolve));
    await expect(AppServerClient.connect({ url, token: 'secret' }, silent)).rejects.toThrow(/ECONNREFUSED/u);
  });
});
