import type { ControlEvent } from '../../src/control/events.ts';
import type { PendingRequest, Utterance } from '../../src/control/shapes.ts';
import type { Action } from '../../src/ui/input/action.ts';
import { reduce } from '../../src/ui/reduce.ts';
import { initialState, type Size, type State } from '../../src/ui/state.ts';
import { pendingRequest } from '../support/request.ts';

/** 1 August 2026, 12:00 in the zone of the machine. */
export const NOW = new Date(2026, 7, 1, 12, 0).getTime();

export function acted(state: State, ...actions: Action[]): State {
  return actions.reduce(reduce, state);
}

export function events(state: State, ...all: ControlEvent[]): State {
  return acted(state, ...all.map((event): Action => ({ type: 'event', event, now: NOW })));
}

export function utterance(id: string, over: Partial<Utterance> = {}): Utterance {
  return {
    id,
    at: new Date(NOW).toISOString(),
    source: 'hotkey',
    project: 'backend',
    rule: 'default',
    transcript: null,
    confidence: null,
    changes: null,
    prompt: `prompt ${id}`,
    state: 'answered',
    answer: `answer ${id}`,
    error: null,
    timings: {},
    ...over,
  };
}

export function pending(id: string, over: Partial<PendingRequest> = {}): PendingRequest {
  return { ...pendingRequest({ id }), project: 'backend', at: new Date(NOW).toISOString(), ...over };
}

/** A screen that is connected. */
export function connected(size: Size = { columns: 80, rows: 24 }): State {
  const session = { state: 'idle', thread: '0198-b2ae80', model: 'gpt-5', transport: 'app-server' } as const;
  return acted(
    initialState(size),
    { type: 'link', link: { kind: 'up', version: '1.2.3' } },
    {
      type: 'projects',
      projects: [
        {
          name: 'backend',
          path: '/home/me/backend',
          aliases: ['back end'],
          current: true,
          chosen: false,
          session: 'idle',
          queued: 0,
        },
        {
          name: 'web',
          path: '/home/me/web',
          aliases: [],
          current: false,
          chosen: false,
          session: 'parked',
          queued: 0,
        },
      ],
    },
    {
      type: 'event',
      event: { event: 'session', payload: { project: 'backend', status: session } },
      now: NOW,
    },
  );
}

/** Utterances oldest first. */
export function withTalk(state: State, utterances: readonly Utterance[], limit = 50): State {
  return acted(state, { type: 'newest', utterances: utterances.toReversed(), limit });
}
