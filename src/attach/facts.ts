import type { Activity } from '../agent/activity.ts';
import { THINKING } from '../agent/activity.ts';
import type { SessionState } from '../agent/session.ts';
import type { ControlEvent, StageName } from '../control/protocol.ts';
import type { Timings } from '../utterance.ts';

/** What a status line tells of the daemon, kept up to date by its events. */
export interface Facts {
  stage: StageName;
  /** Loudness while listening, dBFS, the newest last; none otherwise. */
  levels: readonly number[];
  /** The words so far, while they are being spoken. */
  partial: string;
  /** UTF-16 units at the beginning of `partial` that will not change any more. */
  stable: number;
  /** What Codex does, by project, and for which utterance. */
  activities: Readonly<Record<string, Activity & { utterance: string }>>;
  sessions: Readonly<Record<string, { state: SessionState; thread: string | null; model: string | null }>>;
  /** Prompts that wait, by project. */
  queued: Readonly<Record<string, number>>;
  /** Requests that wait for a person. */
  pending: readonly { id: string; project: string; title: string }[];
  /** Of the newest utterance. */
  timings: Timings;
}

/** Levels that are kept: the last second of them. */
const MOST_LEVELS = 10;

export const NO_FACTS: Facts = {
  stage: 'idle',
  levels: [],
  partial: '',
  stable: 0,
  activities: {},
  sessions: {},
  queued: {},
  pending: [],
  timings: {},
};

/** What is known after an event. */
export function learn(facts: Facts, { event, payload }: ControlEvent): Facts {
  switch (event) {
    case 'stage': {
      const listening = payload.stage === 'listening';
      return { ...facts, stage: payload.stage, levels: [], partial: listening ? '' : facts.partial };
    }
    case 'level':
      return { ...facts, levels: [...facts.levels, payload.dbfs].slice(-MOST_LEVELS) };
    case 'partial':
      return { ...facts, partial: payload.text, stable: payload.stable };
    case 'transcript':
      return { ...facts, partial: payload.text, stable: payload.text.length };
    case 'accepted': {
      const doing = { ...THINKING, utterance: payload.utterance };
      return { ...facts, partial: '', activities: { ...facts.activities, [payload.project]: doing } };
    }
    case 'activity': {
      const { project, utterance, activity } = payload;
      return { ...facts, activities: { ...facts.activities, [project]: { ...activity, utterance } } };
    }
    case 'answer': {
      const { [payload.record.project]: doing, ...others } = facts.activities;
      return doing?.utterance === payload.utterance ? { ...facts, activities: others } : facts;
    }
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
    case 'queue': {
      const waiting = payload.queue.filter(({ state }) => state === 'queued').length;
      return { ...facts, queued: { ...facts.queued, [payload.project]: waiting } };
    }
    case 'timings':
      return { ...facts, timings: payload.timings };
    default:
      return facts;
  }
}

/** Facts that events keep up to date, and those who want to know when they change. */
export class LiveFacts {
  readonly #listeners = new Set<() => void>();
  #facts = NO_FACTS;

  get now(): Facts {
    return this.#facts;
  }

  learn(event: ControlEvent): void {
    const after = learn(this.#facts, event);
    if (after === this.#facts) return;
    this.#facts = after;
    for (const listener of this.#listeners) listener();
  }

  /** Call the result to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
