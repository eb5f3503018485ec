import { z } from 'zod';
import type { Notification, Turn } from '../protocol.ts';
import { type ToolCall, toolCallOf } from './tool-calls.ts';

/**
 * The used parts of a line. Codex 0.169.0 writes whole items (`item_completed`), 0.120.0 messages (`user_message`,
 * `agent_message`), and 0.98.0 only messages, without ids and ends of turns.
 */
const line = z.object({ type: z.string(), timestamp: z.string().optional(), payload: z.unknown() });

const meta = z.object({ id: z.string(), cwd: z.string(), source: z.unknown() });
interface RolloutMeta {
  id: string;
  cwd: string;
  /** False for subagents, whose source is their parent. */
  startedByUser: boolean;
}

const text = z.array(z.object({ text: z.string().optional() }));
const event = z.union([
  z.object({ type: z.literal('task_started'), turn_id: z.string() }),
  z.object({
    type: z.literal('item_completed'),
    turn_id: z.string(),
    item: z.object({ type: z.string(), id: z.string(), content: text.optional().catch(undefined) }),
    started_at_ms: z.number().optional(),
  }),
  z.object({ type: z.enum(['user_message', 'agent_message']), message: z.string() }),
  z.object({ type: z.literal('error'), message: z.string(), codex_error_info: z.unknown() }),
  z.object({
    type: z.literal('task_complete'),
    error: z.object({ message: z.string(), codex_error_info: z.unknown() }).nullish(),
  }),
  z.object({ type: z.literal('turn_aborted') }),
]);
type RolloutEvent = z.infer<typeof event>;
const context = z.object({ model: z.string() });

/** A turn whose end was not read yet. */
export interface OpenTurn {
  id: string;
  /** Its end will be written; otherwise (0.98.0) only the screen shows it. */
  bounded: boolean;
  /** Its last message. */
  last: 'user' | 'agent' | null;
}

/** Parses the first line of a rollout file; null: it is something else. */
export function metaOf(row: string): RolloutMeta | null {
  const parsed = parse(row);
  if (parsed?.type !== 'session_meta') return null;
  const head = meta.safeParse(parsed.payload).data;
  return head ? { id: head.id, cwd: head.cwd, startedByUser: typeof head.source !== 'object' } : null;
}

/** Turns the lines of one rollout file, in order, into the notifications of an app-server. */
export class RolloutReader {
  readonly #thread: string;
  readonly #calls = new Map<string, ToolCall>();
  #turn: OpenTurn | null = null;
  /** Some versions may write both forms: the first one in a turn counts. */
  #form: 'items' | 'messages' | null = null;
  #messages = 0;
  #error: { message: string; codex_error_info?: unknown } | null = null;
  #model: string | null = null;

  constructor(thread: string) {
    this.#thread = thread;
  }

  get turn(): OpenTurn | null {
    return this.#turn;
  }

  /** The model's tool calls without a result so far. */
  get calls(): readonly ToolCall[] {
    return [...this.#calls.values()];
  }

  get model(): string | null {
    return this.#model;
  }

  /** Returns the notifications of a line; [] when it is irrelevant. */
  read(row: string): Notification[] {
    const parsed = parse(row);
    if (!parsed) return [];
    const at = Date.parse(parsed.timestamp ?? '') || 0;
    if (parsed.type === 'turn_context') this.#model = context.safeParse(parsed.payload).data?.model ?? null;
    if (parsed.type === 'response_item') this.#call(parsed.payload);
    const known = parsed.type === 'event_msg' ? event.safeParse(parsed.payload).data : undefined;
    return known ? this.#event(known, at) : [];
  }

  /** Ends a turn whose program has ended: nothing more will be written of it. */
  close(): Notification[] {
    return this.#supersede();
  }

  /** Ends the turn; its end was seen elsewhere. */
  end(status: 'completed' | 'interrupted' | 'failed', message?: string): Notification[] {
    if (message !== undefined) this.#error = { message };
    return this.#end(status);
  }

  #event(known: RolloutEvent, at: number): Notification[] {
    switch (known.type) {
      case 'task_started':
        return [...this.#supersede(), ...this.#begin(known.turn_id, true, at)];
      case 'item_completed':
        return this.#item(known, at);
      case 'user_message':
      case 'agent_message':
        return this.#message(known.type, known.message, at);
      case 'error':
        this.#error = known;
        return [];
      case 'turn_aborted':
        return this.#end('interrupted');
      case 'task_complete':
        this.#error = known.error ?? this.#error;
        return this.#end(this.#error ? 'failed' : 'completed');
    }
  }

  #begin(id: string, bounded: boolean, at: number): Notification[] {
    this.#turn = { id, bounded, last: null };
    this.#form = null;
    this.#error = null;
    const turn = { ...turnOf(id, 'inProgress'), startedAt: Math.floor(at / 1_000) };
    return [
      { method: 'turn/started', params: { threadId: this.#thread, turn } },
      { method: 'thread/status/changed', params: { threadId: this.#thread, status: ACTIVE } },
    ];
  }

  #item({ turn_id: turnId, item, started_at_ms }: RolloutEvent & { type: 'item_completed' }, at: number) {
    const words = (item.content ?? []).map((part) => part.text ?? '').join('');
    if (item.type === 'UserMessage')
      return this.#said('items', 'user', turnId, item.id, words, started_at_ms ?? at);
    if (item.type === 'AgentMessage')
      return this.#said('items', 'agent', turnId, item.id, words, started_at_ms ?? at);
    return [];
  }

  #message(type: 'user_message' | 'agent_message', words: string, at: number): Notification[] {
    const who = type === 'user_message' ? 'user' : 'agent';
    const open = this.#turn;
    const next = who === 'user' && (!open || (!open.bounded && open.last !== null));
    const begun = next ? [...this.#supersede(), ...this.#begin(`turn-${at}`, false, at)] : [];
    const turn = this.#turn;
    if (!turn) return [];
    this.#messages += 1;
    return [...begun, ...this.#said('messages', who, turn.id, `${turn.id}-${this.#messages}`, words, at)];
  }

  #said(
    form: 'items' | 'messages',
    who: 'user' | 'agent',
    turnId: string,
    id: string,
    words: string,
    startedAtMs: number,
  ): Notification[] {
    this.#form ??= form;
    if (this.#form !== form) return [];
    if (this.#turn) this.#turn = { ...this.#turn, last: who };
    const threadId = this.#thread;
    if (who === 'agent') {
      const item = { type: 'agentMessage', id, text: words, startedAtMs };
      return [{ method: 'item/completed', params: { threadId, turnId, item } }];
    }
    const item = { type: 'userMessage', id, content: [{ type: 'text', text: words }], startedAtMs };
    return [{ method: 'item/started', params: { threadId, turnId, item } }];
  }

  #call(payload: unknown): void {
    const call = toolCallOf(payload);
    if (call?.kind === 'call') this.#calls.set(call.call.id, call.call);
    if (call?.kind === 'result') this.#calls.delete(call.id);
  }

  /**
   * Ends a turn whose end was never written, because another one begins: it ended with its program, or after its
   * answer.
   */
  #supersede(): Notification[] {
    const open = this.#turn;
    if (!open) return [];
    return this.#end(!open.bounded && open.last === 'agent' ? 'completed' : 'interrupted');
  }

  #end(status: Turn['status']): Notification[] {
    const open = this.#turn;
    if (!open) return [];
    this.#turn = null;
    this.#calls.clear();
    const turn = turnOf(open.id, status);
    const error = this.#error && {
      message: this.#error.message,
      codexErrorInfo: camelCase(this.#error.codex_error_info),
    };
    const threadId = this.#thread;
    return [
      {
        method: 'turn/completed',
        params: { threadId, turn: error && status === 'failed' ? { ...turn, error } : turn },
      },
      { method: 'thread/status/changed', params: { threadId, status: { type: 'idle' } } },
    ];
  }
}

/** Returns the turns of a whole rollout file. @param over nothing runs any more: no turn is `inProgress` */
export function turnsOf(rows: readonly string[], over = false): Turn[] {
  const reader = new RolloutReader('');
  const turns = new Map<string, Turn>();
  const read = rows.flatMap((row) => reader.read(row));
  for (const { method, params } of over ? [...read, ...reader.close()] : read) {
    if (method === 'turn/started') turns.set(params.turn.id, params.turn);
    else if (method === 'turn/completed') {
      const before = turns.get(params.turn.id);
      turns.set(params.turn.id, { ...before, ...params.turn, items: before?.items ?? [] });
    } else if (method === 'item/started' || method === 'item/completed') {
      turns.get(params.turnId)?.items.push(params.item);
    }
  }
  return [...turns.values()];
}

const ACTIVE = { type: 'active', activeFlags: [] as string[] } as const;

function parse(row: string): z.infer<typeof line> | null {
  try {
    return line.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null; // A line that is still being written, or was cut off by a crash.
  }
}

function turnOf(id: string, status: Turn['status']): Turn {
  return { id, status, items: [] };
}

/** The app-server writes the names of errors in camel case. */
function camelCase(info: unknown): string | undefined {
  if (typeof info !== 'string') return undefined;
  return info.replaceAll(/_(\p{Ll})/gu, (_, letter: string) => letter.toUpperCase());
}
