import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type LoopbackRequest, parseRequest, readBody } from './request.ts';
import * as stream from './responses-stream.ts';

export type { LoopbackRequest };

/** The model's answer. `chunks` are sent one by one, `delayMs` apart; an async iterable sets its own pace. */
export type Reply =
  | {
      kind: 'text';
      chunks: Iterable<string> | AsyncIterable<string>;
      delayMs?: number;
      headers?: Record<string, string>;
    }
  /** Runs a shell command. With a justification it asks to leave the sandbox, so that the user must approve. */
  | { kind: 'command'; command: string; justification?: string }
  /** Any other tool; `custom` ones (apply_patch) take free text, the others JSON; those of an MCP server have a namespace. */
  | { kind: 'tool'; name: string; input: string; custom?: boolean; namespace?: string }
  /** The HTTP request fails. `error` adds to the error in its body, e.g. its type. */
  | {
      kind: 'failure';
      how: 'status';
      status: number;
      message?: string;
      error?: Record<string, unknown>;
      headers?: Record<string, string>;
    }
  /** The connection ends after these chunks. */
  | { kind: 'failure'; how: 'cut'; chunks?: Iterable<string> }
  /** The stream reports that the response failed. */
  | { kind: 'failure'; how: 'event'; code: string; message: string };

export type Replier = (request: LoopbackRequest) => Reply | Promise<Reply>;

interface Waiter {
  matches: (request: LoopbackRequest) => boolean;
  resolve: (request: LoopbackRequest) => void;
}

/**
 * A Responses API on 127.0.0.1, sufficient for the real Codex CLI: streamed answers, tool calls, failures on demand.
 * The demo and the tests use it instead of a model; nothing leaves the machine. The creator closes it.
 */
export class LoopbackModel {
  readonly requests: LoopbackRequest[] = [];
  readonly #reply: Replier;
  readonly #server: Server;
  readonly #waiters = new Set<Waiter>();
  readonly #closing = new AbortController();
  #ids = 0;

  constructor(reply: Replier) {
    this.#reply = reply;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on this port of 127.0.0.1; 0: on a free one. */
  async start(port = 0): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, '127.0.0.1', resolve);
    await promise;
  }

  /** Address for Codex, e.g. http://127.0.0.1:40123/v1. */
  get baseUrl(): string {
    const address = this.#server.address() as AddressInfo | null;
    if (!address) throw new Error('the loopback model is not running');
    return `http://127.0.0.1:${address.port}/v1`;
  }

  /** Returns the first request, past or future, that matches. @throws Error after `timeoutMs` */
  async waitForRequest(
    matches: (request: LoopbackRequest) => boolean,
    timeoutMs = 30_000,
  ): Promise<LoopbackRequest> {
    const past = this.requests.find(matches);
    if (past) return past;
    const { promise, resolve, reject } = Promise.withResolvers<LoopbackRequest>();
    const waiter = { matches, resolve };
    this.#waiters.add(waiter);
    const timer = setTimeout(() => reject(new Error('the model was not asked')), timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  /** Ends every connection, unfinished answers included. */
  async close(): Promise<void> {
    this.#closing.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    try {
      if (request.method !== 'POST' || request.url !== '/v1/responses') {
        request.resume();
        return sendError(response, 404, 'there is nothing here');
      }
      const parsed = parseRequest(await readBody(request), at);
      this.#record(parsed);
      await this.#answer(await this.#reply(parsed), parsed, response);
    } catch (error) {
      // Codex disconnected, this server is closing, or the request was invalid. No other request is affected.
      const message = messageOf(error);
      if (response.headersSent) response.destroy();
      else sendError(response, 400, message);
    }
  }

  #record(request: LoopbackRequest): void {
    this.requests.push(request);
    for (const waiter of this.#waiters) {
      if (waiter.matches(request)) waiter.resolve(request);
    }
  }

  async #answer(reply: Reply, request: LoopbackRequest, response: ServerResponse): Promise<void> {
    if (reply.kind === 'failure' && reply.how === 'status') {
      const { status, message = 'the loopback model fails on request', error, headers } = reply;
      return sendError(response, status, message, error, headers);
    }
    const id = `resp_${++this.#ids}`;
    const send = (event: stream.ResponsesEvent): void => {
      response.write(stream.encodeEvent(event));
    };
    const headers = 'headers' in reply ? reply.headers : {};
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    send(stream.created(id));
    let answer = '';
    if (reply.kind === 'text') {
      answer = await this.#sendText(send, id, reply.chunks, reply.delayMs ?? 0, response);
      send(stream.messageEnds(`msg_${id}`, answer));
    } else if (reply.kind === 'failure' && reply.how === 'cut') {
      await this.#sendText(send, id, reply.chunks ?? [], 0, response);
      return void response.destroy();
    } else if (reply.kind === 'failure') {
      send(stream.failed(id, reply.code, reply.message));
      return void response.end();
    } else {
      send(stream.toolCalled(toolCall(reply, `call_${id}`)));
    }
    send(stream.completed(id, JSON.stringify(request.input).length, answer.length));
    response.end();
  }

  /** Sends the deltas of a message and returns its text. @throws Error when Codex disconnects meanwhile */
  async #sendText(
    send: (event: stream.ResponsesEvent) => void,
    id: string,
    chunks: Iterable<string> | AsyncIterable<string>,
    delayMs: number,
    response: ServerResponse,
  ): Promise<string> {
    send(stream.messageBegins(`msg_${id}`));
    let text = '';
    for await (const chunk of chunks) {
      if (response.destroyed) throw new Error('Codex hung up');
      if (text && delayMs) await delay(delayMs, undefined, { signal: this.#closing.signal });
      send(stream.messageDelta(`msg_${id}`, chunk));
      text += chunk;
    }
    return text;
  }
}

function toolCall(reply: Extract<Reply, { kind: 'command' | 'tool' }>, id: string): stream.ToolCall {
  if (reply.kind === 'tool')
    return {
      id,
      name: reply.name,
      input: reply.input,
      custom: reply.custom ?? false,
      ...(reply.namespace === undefined ? {} : { namespace: reply.namespace }),
    };
  const escalation = reply.justification
    ? { sandbox_permissions: 'require_escalated', justification: reply.justification }
    : {};
  const input = JSON.stringify({ cmd: reply.command, ...escalation });
  return { id, name: 'exec_command', input, custom: false };
}

function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  error: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'loopback', code: null, ...error } }));
}
