import type { ControlEvent } from './events.ts';
import type { Activity, PendingRequest, QueueEntry, SessionStatus, StageName, Timings } from './shapes.ts';

/** Loudness at one moment while listening. */
export interface Level {
  dbfs: number;
  speaking: boolean;
}

/** The state of the daemon, as its events show it. */
export interface Overview {
  stage: StageName;
  /** The utterance that is being spoken. */
  speaking: string | null;
  /** Levels while listening, the newest last; otherwise empty. */
  levels: readonly Level[];
  /** The words so far. Those after the first `stable` UTF-16 units may still change. */
  partial: { text: string; stable: number };
  /** Codex's activities by utterance, the newest last. */
  activities: Readonly<Record<string, Activity & { project: string }>>;
  sessions: Readonly<Record<string, SessionStatus>>;
  /** Prompts that are not answered yet. */
  queue: readonly QueueEntry[];
  /** Requests that wait for the user. */
  pending: readonly PendingRequest[];
  /** Timings of the last utterance. */
  timings: Timings;
}

/** Number of levels to keep: as many as the widest meter shows. */
const MOST_LEVELS = 60;

const NO_WORDS = { text: '', stable: 0 };

/** Codex's activity until an event reports another. */
const THINKING: Activity = { kind: 'thinking', text: 'thinking' };

export const EMPTY_OVERVIEW: Overview = {
  stage: 'idle',
  speaking: null,
  levels: [],
  partial: NO_WORDS,
  activities: {},
  sessions: {},
  queue: [],
  pending: [],
  timings: {},
};

/** Returns the state after an event. Other fields of the state are kept. */
export function after<S extends Overview>(state: S, { event, payload }: ControlEvent): S {
  switch (event) {
    case 'stage': {
      const { stage, utterance } = payload;
      const begins = stage === 'listening' && (utterance === null || utterance !== state.speaking);
      const goesOn = stage === 'listening' && !begins;
      const levels = goesOn ? state.levels : [];
      return { ...state, stage, speaking: utterance, levels, partial: begins ? NO_WORDS : state.partial };
    }
    case 'level': {
      const { dbfs, speaking } = payload;
      return { ...state, levels: [...state.levels, { dbfs, speaking }].slice(-MOST_LEVELS) };
    }
    case 'partial':
      return { ...state, partial: { text: payload.text, stable: payload.stable } };
    case 'transcript':
      return { ...state, partial: { text: payload.text, stable: payload.text.length } };
    case 'accepted': {
      const { utterance, project } = payload;
      // Keeps the words if the user is speaking again.
      const others = state.speaking !== null && state.speaking !== utterance;
      const doing = withActivity(state, utterance, { ...THINKING, project });
      return others ? doing : { ...doing, partial: NO_WORDS };
    }
    case 'activity':
      return withActivity(state, payload.utterance, { ...payload.activity, project: payload.project });
    case 'answer': {
      const { [payload.utterance]: _, ...activities } = state.activities;
      return { ...state, activities };
    }
    case 'session':
      return { ...state, sessions: { ...state.sessions, [payload.project]: payload.status } };
    case 'approval': {
      const { project, request } = payload;
      const others = state.pending.filter(({ id }) => id !== request.id);
      return { ...state, pending: [...others, { ...request, project }] };
    }
    case 'resolved':
      return { ...state, pending: state.pending.filter(({ id }) => id !== payload.request) };
    case 'queue': {
      const others = state.queue.filter(({ project }) => project !== payload.project);
      return { ...state, queue: [...others, ...payload.queue] };
    }
    case 'timings':
      return { ...state, timings: payload.timings };
    default:
      return state;
  }
}

function withActivity<S extends Overview>(
  state: S,
  utterance: string,
  activity: Activity & { project: string },
): S {
  const { [utterance]: _, ...others } = state.activities;
  return { ...state, activities: { ...others, [utterance]: activity } };
}

/** An overview that follows events and notifies listeners. */
export class LiveOverview {
  readonly #listeners = new Set<() => void>();
  #overview = EMPTY_OVERVIEW;

  get now(): Overview {
    return this.#overview;
  }

  learn(event: ControlEvent): void {
    const next = after(this.#overview, event);
    if (next === this.#overview) return;
    this.#overview = next;
    for (const listener of this.#listeners) listener();
  }

  /** Adds a listener; call the result to remove it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
