import type { ControlEvent } from '../control/protocol.ts';
import type { Utterance } from '../utterance.ts';
import { MAX_LEVELS, NO_REQUEST, type State, shownRequest } from './state.ts';
import { hasEnded, type Talk, withUtterance } from './talk.ts';

/** How long a notice stays, ms. */
export const NOTICE_MS = 6_000;
export const ERROR_MS = 12_000;

/** What is known after an event of the daemon. @param now epoch, ms */
export function learn(state: State, { event, payload }: ControlEvent, now: number): State {
  const change = (id: string, how: (utterance: Utterance) => Utterance): State =>
    changed(state, id, now, how);
  switch (event) {
    case 'stage':
      return staged(state, payload.stage, payload.utterance, now);
    case 'level': {
      const { dbfs, speaking } = payload;
      return { ...state, levels: [...state.levels, { dbfs, speaking }].slice(-MAX_LEVELS) };
    }
    case 'partial': {
      const { utterance, text, stable } = payload;
      const heard = change(utterance, (each) => (hasEnded(each) ? each : { ...each, transcript: text }));
      return { ...heard, partial: { text, stable } };
    }
    case 'transcript': {
      const { utterance, project, rule, text } = payload;
      return change(utterance, (each) =>
        live(each, { project, rule, state: 'heard', transcript: text === '' ? each.transcript : text }),
      );
    }
    case 'review':
      return payload.reviews.reduce(
        (after, { id, prompt }) => changed(after, id, now, (each) => live(each, { prompt })),
        state,
      );
    case 'accepted': {
      const { utterance, project, rule, prompt } = payload;
      return change(utterance, (each) => live(each, { project, rule, prompt, state: 'accepted' }));
    }
    case 'delta':
      return change(payload.utterance, (each) => live(each, { answer: (each.answer ?? '') + payload.text }));
    case 'answer': {
      const { [payload.utterance]: _, ...activities } = state.activities;
      return { ...change(payload.utterance, () => payload.record), activities };
    }
    case 'timings':
      return change(payload.utterance, (each) => ({ ...each, timings: payload.timings }));
    case 'approval': {
      const others = state.pending.filter(({ id }) => id !== payload.request.id);
      return shownAnew(state, [...others, { ...payload.request, project: payload.project }], now);
    }
    case 'resolved':
      return shownAnew(
        state,
        state.pending.filter(({ id }) => id !== payload.request),
        now,
      );
    case 'queue':
      return queued(state, payload.project, payload.queue, now);
    case 'project': {
      const { project, chosen } = payload;
      const projects = state.projects.map((each) => ({
        ...each,
        current: each.name === project,
        chosen: chosen && each.name === project,
      }));
      return { ...state, projects };
    }
    case 'session': {
      const { project, status } = payload;
      const projects = state.projects.map((each) =>
        each.name === project ? { ...each, session: status.state } : each,
      );
      return { ...state, projects, sessions: { ...state.sessions, [project]: status } };
    }
    case 'error':
      return troubled(state, payload, now);
    case 'activity': {
      const { utterance, activity } = payload;
      return { ...state, activities: { ...state.activities, [utterance]: activity } };
    }
  }
}

function staged(state: State, stage: State['stage'], utterance: string | null, now: number): State {
  const after = { ...state, stage, speaking: utterance, levels: stage === 'listening' ? state.levels : [] };
  if (stage !== 'listening' || utterance === null) return after;
  if (state.speaking === utterance) return after;
  const fresh = { ...after, levels: [], partial: { text: '', stable: 0 } };
  return changed(fresh, utterance, now, (each) =>
    hasEnded(each) ? each : { ...each, state: 'listening', source: 'hotkey' },
  );
}

/** Of an utterance that has ended only its record counts. */
function live(utterance: Utterance, change: Partial<Utterance>): Utterance {
  return hasEnded(utterance) ? utterance : { ...utterance, ...change };
}

function changed(state: State, id: string, now: number, how: (utterance: Utterance) => Utterance): State {
  const at = new Date(now).toISOString();
  const known = (talk: Talk): boolean => talk.utterances.some((utterance) => utterance.id === id);
  const talk = withUtterance(state.talk, id, at, how);
  const { search } = state;
  if (!search || !known(search.talk)) return { ...state, talk };
  return { ...state, talk, search: { ...search, talk: withUtterance(search.talk, id, at, how) } };
}

/** Other requests wait now: when that changes which one is shown, nothing of what was chosen before is kept. */
export function shownAnew(state: State, pending: State['pending'], now: number): State {
  const before = shownRequest(state);
  const after = { ...state, pending };
  const shown = shownRequest(after);
  if (before?.id === shown?.id && before?.hash === shown?.hash) return after;
  return { ...after, request: { ...NO_REQUEST, id: shown?.id ?? null, shownAt: now } };
}

function queued(state: State, project: string, queue: State['queue'], now: number): State {
  const others = state.queue.filter((entry) => entry.project !== project);
  let after: State = { ...state, queue: [...others, ...queue] };
  for (const { id, prompt } of queue) {
    after = changed(after, id, now, (each) =>
      each.prompt === null ? live(each, { project, prompt }) : each,
    );
  }
  const projects = after.projects.map((each) =>
    each.name === project ? { ...each, queued: queue.length } : each,
  );
  return { ...after, projects, queueRow: Math.max(0, Math.min(after.queueRow, after.queue.length - 1)) };
}

function troubled(
  state: State,
  { utterance, error }: Extract<ControlEvent, { event: 'error' }>['payload'],
  now: number,
): State {
  const configProblem = /^(config-|not-built)/.test(error.code) ? error : state.configProblem;
  const notice = { look: 'bad', text: error.message, hint: error.hint, until: now + ERROR_MS } as const;
  const after = { ...state, configProblem, notice };
  if (utterance === null) return after;
  return changed(after, utterance, now, (each) => live(each, { error }));
}
