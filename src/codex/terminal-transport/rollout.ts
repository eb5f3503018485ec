import { z } from 'zod';
import type { Notification, Turn } from '../protocol.ts';

/** What is read of a line of a rollout file, as Codex 0.169.0 writes it. */
const line = z.object({ type: z.string(), timestamp: z.string().optional(), payload: z.unknown() });

const meta = z.object({ id: z.string(), cwd: z.string() });
export type RolloutMeta = z.infer<typeof meta>;

const text = z.array(z.object({ text: z.string().optional() }));
const event = z.union([
  z.object({ type: z.literal('task_started'), turn_id: z.string() }),
  z.object({
    type: z.literal('item_completed'),
    turn_id: z.string(),
    item: z.object({ type: z.string(), id: z.string(), content: text.optional().catch(undefined) }),
    started_at_ms: z.number().optional(),
  }),
  z.object({
    type: z.literal('task_complete'),
    turn_id: z.string(),
    error: z.object({ message: z.string(), codex_error_info: z.unknown() }).nullish(),
  }),
  z.object({ type: z.literal('turn_aborted'), turn_id: z.string() }),
]);

/** The head of a rollout file; null: this line is none. */
export function metaOf(row: string): RolloutMeta | null {
  const parsed = read(row);
  if (parsed?.type !== 'session_meta') return null;
  return meta.safeParse(parsed.payload).data ?? null;
}

/** A line of a rollout file as what an app-server would have reported; [] where it concerns nobody here. */
export function notificationsOf(row: string, threadId: string): Notification[] {
  const parsed = read(row);
  const known = parsed?.type === 'event_msg' ? event.safeParse(parsed.payload).data : undefined;
  if (!known) return [];
  const turnId = known.turn_id;
  switch (known.type) {
    case 'task_started':
      return [
        { method: 'turn/started', params: { threadId, turn: turnOf(turnId, 'inProgress') } },
        active(threadId, true),
      ];
    case 'item_completed': {
      const { type, id, content } = known.item;
      const words = (content ?? []).map((part) => part.text ?? '').join('');
      const startedAtMs = known.started_at_ms;
      if (type === 'UserMessage') {
        const item = { type: 'userMessage', id, content: [{ type: 'text', text: words }], startedAtMs };
        return [{ method: 'item/started', params: { threadId, turnId, item } }];
      }
      if (type !== 'AgentMessage') return [];
      const item = { type: 'agentMessage', id, text: words, startedAtMs };
      return [{ method: 'item/completed', params: { threadId, turnId, item } }];
    }
    case 'turn_aborted':
      return [
        { method: 'turn/completed', params: { threadId, turn: turnOf(turnId, 'interrupted') } },
        active(threadId, false),
      ];
    case 'task_complete': {
      const turn = turnOf(turnId, known.error ? 'failed' : 'completed');
      const error = known.error && {
        message: known.error.message,
        codexErrorInfo: camelCase(known.error.codex_error_info),
      };
      return [
        { method: 'turn/completed', params: { threadId, turn: error ? { ...turn, error } : turn } },
        active(threadId, false),
      ];
    }
  }
}

/** The turns of a whole rollout file. */
export function turnsOf(rows: readonly string[]): Turn[] {
  const turns = new Map<string, Turn>();
  for (const notification of rows.flatMap((row) => notificationsOf(row, ''))) {
    const { method, params } = notification;
    if (method === 'turn/started') turns.set(params.turn.id, params.turn);
    else if (method === 'turn/completed') {
      const before = turns.get(params.turn.id);
      turns.set(params.turn.id, { ...params.turn, items: before?.items ?? [] });
    } else if (method === 'item/started' || method === 'item/completed') {
      turns.get(params.turnId)?.items.push(params.item);
    }
  }
  return [...turns.values()];
}

function read(row: string): z.infer<typeof line> | null {
  try {
    return line.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null; // A line that is still being written.
  }
}

function turnOf(id: string, status: Turn['status']): Turn {
  return { id, status, items: [] };
}

function active(threadId: string, on: boolean): Notification {
  const status = on
    ? ({ type: 'active', activeFlags: [] as string[] } as const)
    : ({ type: 'idle' } as const);
  return { method: 'thread/status/changed', params: { threadId, status } };
}

/** The app-server writes the names of errors in another way. */
function camelCase(info: unknown): string | undefined {
  if (typeof info !== 'string') return undefined;
  return info.replaceAll(/_(\p{Ll})/gu, (_, letter: string) => letter.toUpperCase());
}
