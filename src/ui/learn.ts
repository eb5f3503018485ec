import type { ControlEvent } from '../control/events.ts';
import { after } from '../control/overview.ts';
import type { Utterance } from '../control/shapes.ts';
import { NO_REQUEST, type State, shownRequest } from './state.ts';
import { hasEnded, type Talk, withUtterance } from './talk.ts';

/** How long a notice stays, ms. */
export const NOTICE_MS = 6_000;
export const ERROR_MS = 12_000;

/** Returns the state after an event of the daemon. @param now epoch, ms */
export function learn(before: State, told: ControlEvent, now: number): State {
  const { event, payload } = told;
  const state = after(before, told);
  const change = (id: string, how: (utterance: Utterance) => Utterance): State =>
    changed(state, id, now, how);
  switch (event) {
    case 'stage':
      return begun(state, before.speaking, now);
    case 'partial': {
      const { utterance, text } = payload;
      return change(utterance, (each) => (hasEnded(each) ? each : { ...each, transcript: text }));
    }
    case 'transcript': {
      const { utterance, project, rule, text } = payload;
      return change(utterance, (each) =>
        live(each, { project, rule, state: 'heard', transcript: text === '' ? each.transcript : text }),
      );
    }
    case 'review': {
      const { field } = state;
      const gone = field?.kind === 'review' && !payload.reviews.some(({ id }) => id === field.id);
      return payload.reviews.reduce(
        (known, { id, prompt }) => changed(known, id, now, (each) => live(each, { prompt })),
        gone ? { ...state, field: { ...field, gone } } : state,
      );
    }
    case 'accepted': {
      const { utterance, project, rule, prompt } = payload;
      return change(utterance, (each) => live(each, { project, rule, prompt, state: 'accepted' }));
    }
    case 'delta':
      return change(payload.utterance, (each) => live(each, { answer: (each.answer ?? '') + payload.text }));
    case 'answer':
      return change(payload.utterance, () => payload.record);
    case 'timings':
      return change(payload.utterance, (each) => ({ ...each, timings: payload.timings }));
    case 'approval':
    case 'resolved':
      return shownAnew({ ...state, pending: before.pending }, state.pending, now);
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
      return { ...state, projects };
    }
    case 'error':
      return troubled(state, payload, now);
    default:
      return state;
  }
}

/** Adds an utterance that the user begins to speak. @param before the utterance that was being spoken */
function begun(state: State, before: string | null, now: number): State {
  const { stage, speaking } = state;
  if (stage !== 'listening' || speaking === null || speaking === before) return state;
  return changed(state, speaking, now, (each) =>
    hasEnded(each) ? each : { ...each, state: 'listening', source: 'hotkey' },
  );
}

/** After the end of an utterance, only its record counts. */
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

/** Updates the waiting requests. If another request is shown now, earlier choices are dropped. */
export function shownAnew(state: State, pending: State['pending'], now: number): State {
  const before = shownRequest(state);
  const waiting = { ...state, pending };
  const shown = shownRequest(waiting);
  if (before?.id === shown?.id && before?.hash === shown?.hash) return waiting;
  return { ...waiting, request: { ...NO_REQUEST, id: shown?.id ?? null, shownAt: now } };
}

function queued(state: State, project: string, queue: State['queue'], now: number): State {
  let known = state;
  for (const { id, prompt } of queue) {
    known = changed(known, id, now, (each) =>
      each.prompt === null ? live(each, { project, prompt }) : each,
    );
  }
  const projects = known.projects.map((each) =>
    each.name === project ? { ...each, queued: queue.length } : each,
  );
  return { ...known, projects, queueRow: Math.max(0, Math.min(known.queueRow, known.queue.length - 1)) };
}

function troubled(
  state: State,
  { utterance, error }: Extract<ControlEvent, { event: 'error' }>['payload'],
  now: number,
): State {
  const configProblem = error.code.startsWith('config-') ? error : state.configProblem;
  const notice = { look: 'bad', text: error.message, hint: error.hint, until: now + ERROR_MS } as const;
  const known = { ...state, configProblem, notice };
  if (utterance === null) return known;
  return changed(known, utterance, now, (each) => live(each, { error }));
}
