import { type Activity, THINKING } from '../agent/activity.ts';
import { doing } from '../wording/status.ts';
import type { ThreadItem } from './protocol.ts';
import { scriptOf } from './script.ts';

/**
 * Follows what Codex does in a turn: the newest item in progress, else it thinks. An item begins before the user is
 * asked about it (Codex 0.169.0); then Codex waits.
 */
export class Activities {
  readonly #running = new Map<string, Activity>();
  #now: Activity = THINKING;
  #waiting = false;

  /** @returns the current activity if it has changed */
  started(item: ThreadItem): Activity | null {
    const activity = activityOf(item);
    if (activity) this.#running.set(item.id, activity);
    return activity && this.#news();
  }

  completed({ id }: ThreadItem): Activity | null {
    return this.#running.delete(id) ? this.#news() : null;
  }

  /** Call it when Codex begins or stops waiting for the user. @returns the current activity if it has changed */
  waits(waiting: boolean): Activity | null {
    this.#waiting = waiting;
    return this.#news();
  }

  #news(): Activity | null {
    const next = [...this.#running.values()].at(-1) ?? THINKING;
    const now = this.#waiting ? waitingBefore(next) : next;
    if (now.kind === this.#now.kind && now.text === this.#now.text) return null;
    this.#now = now;
    return now;
  }
}

function waitingBefore({ kind, text }: Activity): Activity {
  const before = kind === 'thinking' || kind === 'writing' ? '' : text;
  return { kind: 'waiting', text: doing.waiting(before) };
}

/** Describes an item for the user, as Codex 0.169.0 reports it; null: it is not worth showing. */
export function activityOf(item: ThreadItem): Activity | null {
  switch (item.type) {
    case 'reasoning':
    case 'plan':
      return THINKING;
    case 'agentMessage':
      return { kind: 'writing', text: doing.writing };
    case 'commandExecution':
      return commandOf(item);
    case 'fileChange':
      return { kind: 'edit', text: doing.editing((item.changes ?? []).map(({ path }) => nameOf(path))) };
    case 'webSearch':
      return { kind: 'search', text: doing.searchingWeb(item.query ?? '') };
    case 'imageView':
      return { kind: 'read', text: doing.reading([nameOf(item.path ?? '')]) };
    case 'mcpToolCall':
    case 'dynamicToolCall':
      return { kind: 'tool', text: doing.tool(item.tool ?? '', item.server ?? '') };
    case 'collabAgentToolCall':
    case 'subAgentActivity':
      return { kind: 'agent', text: doing.agents };
    case 'contextCompaction':
      return { kind: 'compaction', text: doing.compacting };
    default:
      return null;
  }
}

/** Codex parses commands as well as it can: one that only reads or searches is described as reading or searching. */
function commandOf({ command = '', commandActions: actions = [] }: ThreadItem): Activity {
  const reads = actions.flatMap(({ type, name }) => (type === 'read' && name ? [name] : []));
  if (reads.length > 0 && reads.length === actions.length)
    return { kind: 'read', text: doing.reading(reads) };
  const [first] = actions;
  if (first && actions.every(({ type }) => type === 'search')) {
    return { kind: 'search', text: doing.searching(first.query ?? '', first.path ?? '') };
  }
  if (first && actions.every(({ type }) => type === 'listFiles')) {
    return { kind: 'read', text: doing.listing(first.path ?? '') };
  }
  return { kind: 'command', text: doing.running(scriptOf(command)) };
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
}
