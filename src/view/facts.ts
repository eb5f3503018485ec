import type { SessionState } from '../codex/codex.ts';
import type { ControlEvent, DaemonStatus, StageName } from '../control/protocol.ts';
import type { Timings } from '../utterance.ts';

/** What a status line tells of the daemon, kept up to date by its events. */
export interface Facts {
  stage: StageName;
  /** Loudness while listening, dBFS; null otherwise. */
  level: number | null;
  /** The words so far, while they are being spoken. */
  partial: string;
  sessions: Readonly<Record<string, { state: SessionState; thread: string | null; model: string | null }>>;
  /** Prompts that wait, by project. */
  queued: Readonly<Record<string, number>>;
  /** Requests that wait for a person. */
  pending: readonly { id: string; project: string; title: string }[];
  /** Of the newest utterance. */
  timings: Timings;
}

export const NO_FACTS: Facts = {
  stage: 'idle',
  level: null,
  partial: '',
  sessions: {},
  queued: {},
  pending: [],
  timings: {},
};

/** What is known at the beginning. */
export function factsOf(status: DaemonStatus): Facts {
  const queued: Record<string, number> = {};
  for (const { project } of status.queue) queued[project] = (queued[project] ?? 0) + 1;
  const { state, thread, model } = status.session;
  return {
    ...NO_FACTS,
    stage: status.stage,
    sessions: { [status.project]: { state, thread, model } },
    queued,
    pending: status.pending.map(({ id, project, title }) => ({ id, project, title })),
    timings: status.last?.timings ?? {},
  };
}

/** What is known after an event. */
export function learn(facts: Facts, { event, payload }: ControlEvent): Facts {
  switch (event) {
    case 'stage': {
      const listening = payload.stage === 'listening';
      return { ...facts, stage: payload.stage, level: null, partial: listening ? '' : facts.partial };
    }
    case 'level':
      return { ...facts, level: payload.dbfs };
    case 'partial':
    case 'transcript':
      return { ...facts, partial: payload.text };
    case 'accepted':
      return { ...facts, partial: '' };
    case 'session': {
      const { state, thread, model } = payload.status;
      return { ...facts, sessions: { ...facts.sessions, [payload.project]: { state, thread, model } } };
    }
    case 'approval': {
      const { id, title } = payload.request;
      const others = facts.pending.filter((request) => request.id !== id);
      return { ...facts, pending: [...others, { id, project: payload.project, title }] };
    }
    case 'resolved':
      return { ...facts, pending: facts.pending.filter(({ id }) => id !== payload.request) };
    case 'timings':
      return { ...facts, timings: payload.timings };
    default:
      return facts;
  }
}
