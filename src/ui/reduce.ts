import type { DaemonStatus } from '../control/status.ts';
import type { Action } from './input/action.ts';
import { EMPTY_TEXT, edited, editedText } from './input/edited-text.ts';
import type { Command } from './input/keys.ts';
import { moved } from './input/move.ts';
import { ERROR_MS, learn, NOTICE_MS, shownAnew } from './learn.ts';
import { layoutOf } from './painting/layout.ts';
import { type Field, type State, shownRequest, VIEWS } from './state.ts';
import { EMPTY_TALK, withNewest, withOlder } from './talk.ts';

/** Returns the state after an action. All changes of the state go through this pure function. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'event':
      return learn(state, action.event, action.now);
    case 'size':
      return { ...state, size: action.size };
    case 'link':
      return { ...state, link: action.link };
    case 'command':
      return commanded(state, action.command, action.now);
    case 'edit': {
      const { text: columns, field: rows } = layoutOf(state);
      const multiline = state.field?.kind === 'compose' || state.field?.kind === 'review';
      return { ...state, text: edited(state.text, action.edit, { multiline, columns, rows }) };
    }
    case 'field':
      return fielded(state, action.field);
    case 'sent':
      return fielded({ ...state, text: EMPTY_TEXT }, null);
    case 'refused':
      if (state.field?.kind === 'compose' || state.draft.text !== '') return state;
      return { ...state, draft: editedText(action.text) };
    case 'status':
      return withStatus(state, action.status, action.now);
    case 'projects':
      return {
        ...state,
        projects: action.projects,
        project: action.projects.find(({ current }) => current)?.name ?? state.project,
      };
    case 'newest':
      return { ...state, talk: withNewest(state.talk, action.utterances, action.limit) };
    case 'loading-older':
      return olderIs(state, 'loading');
    case 'older':
      return withMore(state, action);
    case 'found': {
      if (state.search?.query !== action.query) return state;
      const { query, utterances, limit } = action;
      const talk = withNewest({ ...EMPTY_TALK, details: state.talk.details }, utterances, limit);
      return { ...state, search: { query, talk } };
    }
    case 'queue': {
      const { queue, follow } = action;
      const index = queue.findIndex(({ id }) => id === follow);
      const row = index < 0 ? Math.min(state.queueRow, Math.max(0, queue.length - 1)) : index;
      return { ...state, queue, queueRow: row };
    }
    case 'search':
      if (action.query === null) return { ...state, search: null };
      return { ...state, search: { query: action.query, talk: { ...EMPTY_TALK, older: 'loading' } } };
    case 'sessions':
      return { ...state, sessionList: action.list, sessionRow: 0 };
    case 'stats':
      return { ...state, stats: action.stats };
    case 'config': {
      const configProblem = action.problem === undefined ? state.configProblem : action.problem;
      return { ...state, config: action.config, configProblem };
    }
    case 'config-problem':
      return { ...state, configProblem: action.problem };
    case 'marked':
      return { ...state, request: { ...state.request, marked: action.marked } };
    case 'unanswered':
      return { ...state, request: { ...state.request, ...NO_ANSWERS } };
    case 'answered':
      return withAnswer(state, action.question, action.answer);
    case 'notice': {
      const { text, look = 'plain', hint = '', now } = action;
      return { ...state, notice: { text, look, hint, until: now + NOTICE_MS } };
    }
    case 'failed': {
      const { message, hint } = action.error;
      return { ...state, notice: { text: message, look: 'bad', hint, until: action.now + ERROR_MS } };
    }
    case 'tick':
      if (state.notice && state.notice.until <= action.now) return { ...state, notice: null };
      // A new object, so that the elapsed time is drawn again.
      return state.link.kind === 'lost' ? { ...state } : state;
  }
}

/** Handles commands that only change the screen; the controller handles the others. */
function commanded(before: State, command: Command, now: number): State {
  // Only the very next key confirms.
  const state = { ...before, request: { ...before.request, confirming: null } };
  if (command.name === 'back' && before.request.confirming) return state;
  switch (command.name) {
    case 'view':
      return toView(state, command.view, now);
    case 'next-view':
    case 'previous-view': {
      const by = command.name === 'next-view' ? 1 : VIEWS.length - 1;
      return toView(state, VIEWS[(VIEWS.indexOf(state.view) + by) % VIEWS.length] ?? 'talk', now);
    }
    case 'help':
      return { ...state, help: !state.help, scroll: 0 };
    case 'back':
      return closed(state);
    case 'compose':
      return fielded(state, { kind: 'compose' });
    case 'search':
      return fielded(state, { kind: 'search' });
    case 'details':
      return state.search
        ? {
            ...state,
            search: { ...state.search, talk: { ...state.search.talk, details: !state.search.talk.details } },
          }
        : { ...state, talk: { ...state.talk, details: !state.talk.details } };
    case 'approve':
    case 'approve-session':
      if ((shownRequest(state)?.dangers.length ?? 0) === 0) return state;
      return { ...state, request: { ...state.request, confirming: command.name } };
    case 'next-request': {
      const index = state.pending.findIndex(({ id }) => id === shownRequest(state)?.id);
      const next = state.pending[(index + 1) % Math.max(1, state.pending.length)];
      const request = { ...state.request, id: next?.id ?? null, shownAt: 0, scroll: 0, confirming: null };
      return { ...state, request: { ...request, ...NO_ANSWERS } };
    }
    case 'option':
      return { ...state, request: { ...state.request, option: command.index } };
    case 'list':
      return { ...state, sessionList: null };
    default:
      return moved(state, command.name);
  }
}

function toView(state: State, view: State['view'], now: number): State {
  if (view === state.view) return { ...state, help: false };
  const request = { ...state.request, id: shownRequest(state)?.id ?? null, confirming: null };
  // After a change of view, the user also needs a moment to see the request.
  const shownAt = Math.max(request.shownAt, now);
  return { ...state, view, help: false, scroll: 0, request: { ...request, shownAt } };
}

/** Escape closes what was opened last, and removes the notice. */
function closed(before: State): State {
  const state = { ...before, notice: null };
  if (state.help) return { ...state, help: false };
  if (state.view === 'projects' && state.sessionList) return { ...state, sessionList: null };
  if (state.search) return { ...state, search: null };
  return state.view === 'talk' ? { ...state, talk: { ...state.talk, top: null, selected: null } } : state;
}

/** Opens or closes a field. The draft of a prompt is kept. */
function fielded(state: State, field: Field | null): State {
  const draft = state.field?.kind === 'compose' ? state.text : state.draft;
  if (field === null) return { ...state, draft, field, text: EMPTY_TEXT };
  if (field.kind === 'compose') return { ...state, draft, field, text: draft };
  if (field.kind !== 'search') return { ...state, draft, field, text: EMPTY_TEXT };
  const query = state.search?.query ?? '';
  return { ...state, draft, field, text: editedText(query) };
}

function withStatus(state: State, status: DaemonStatus, now: number): State {
  const sessions = { ...state.sessions, [status.project]: status.session };
  const { stage, project, queue } = status;
  return shownAnew({ ...state, status, stage, project, queue, sessions }, status.pending, now);
}

function olderIs(state: State, older: 'loading' | 'none'): State {
  if (state.search) return { ...state, search: { ...state.search, talk: { ...state.search.talk, older } } };
  return { ...state, talk: { ...state.talk, older } };
}

/** null: they could not be loaded, and are not requested again. */
function withMore(state: State, { query, utterances, limit }: Extract<Action, { type: 'older' }>): State {
  if ((state.search?.query ?? '') !== query) return state;
  if (utterances === null) return olderIs(state, 'none');
  if (!state.search) return { ...state, talk: withOlder(state.talk, utterances, limit) };
  return { ...state, search: { query, talk: withOlder(state.search.talk, utterances, limit) } };
}

const NO_ANSWERS = { question: 0, option: 0, marked: null, answers: {} };

/** Keeps the answer to one question and shows the next question. */
function withAnswer(state: State, question: string, answer: readonly string[]): State {
  const { request } = state;
  const count = shownRequest(state)?.questions.length ?? 0;
  const answers = { ...request.answers, [question]: answer };
  return {
    ...state,
    request: {
      ...request,
      answers,
      option: 0,
      marked: null,
      question: Math.min(request.question + 1, count - 1),
    },
  };
}
