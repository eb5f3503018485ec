import { EMPTY_OVERVIEW, type Overview } from '../control/overview.ts';
import type { ProjectStatus, Results, ThreadSummary } from '../control/results.ts';
import type { PendingRequest } from '../control/shapes.ts';
import type { DaemonStatus } from '../control/status.ts';
import type { ErrorReport } from '../errors.ts';
import { type EditedText, EMPTY_TEXT } from './input/edited-text.ts';
import type { Look } from './painting/cells.ts';
import { EMPTY_TALK, type Talk } from './talk.ts';

/** The views in the order of their tabs. */
export const VIEWS = ['talk', 'requests', 'queue', 'projects', 'timings', 'settings'] as const;
export type View = (typeof VIEWS)[number];

export interface Size {
  columns: number;
  rows: number;
}

/** The connection to the daemon. */
export type Link =
  | { kind: 'connecting' }
  | { kind: 'up'; version: string }
  /** `since`: epoch, ms. It reconnects automatically. */
  | { kind: 'lost'; reason: ErrorReport; since: number };

/** The open field, and its purpose. */
export type Field =
  | { kind: 'compose' }
  | { kind: 'search' }
  /** Text for an answer to a question of a request. */
  | { kind: 'answer'; request: string; question: string; secret: boolean }
  | ReviewField;

/** A prompt in review, on the whole screen. */
export interface ReviewField {
  kind: 'review';
  id: string;
  project: string;
  /** True when it was sent or cancelled elsewhere. */
  gone: boolean;
}

/** The shown request, and the choices so far. */
export interface RequestState {
  /** null: the oldest. */
  id: string | null;
  /** Time since which it is shown, epoch ms: just after that, keys do not decide it. */
  shownAt: number;
  /** Rows scrolled out of view at the top. */
  scroll: number;
  /** A dangerous request is approved by the second press. */
  confirming: 'approve' | 'approve-session' | null;
  question: number;
  /** Index of the option at the cursor. */
  option: number;
  /** Marked options of the current question, if it takes several; null: none was marked yet. */
  marked: readonly string[] | null;
  /** By question; an empty list: no answer. */
  answers: Readonly<Record<string, readonly string[]>>;
}

export interface SessionList {
  project: string;
  /** null: not loaded yet. */
  threads: readonly ThreadSummary[] | null;
  current: string | null;
}

interface Notice {
  look: Look;
  text: string;
  /** What to do; '' for nothing. */
  hint: string;
  /** Epoch, ms. */
  until: number;
}

export interface State extends Overview {
  size: Size;
  link: Link;
  view: View;
  help: boolean;
  /** The project that gets prompts. */
  project: string;
  projects: readonly ProjectStatus[];
  talk: Talk;
  /** The search and its result. */
  search: { query: string; talk: Talk } | null;
  field: Field | null;
  /** The text of the field. */
  text: EditedText;
  /** An unsent prompt, kept while its field is closed. */
  draft: EditedText;
  request: RequestState;
  queueRow: number;
  projectRow: number;
  sessionRow: number;
  /** The conversations of a project, beside the list of projects. */
  sessionList: SessionList | null;
  /** Rows scrolled out of view at the top, in views with one text. */
  scroll: number;
  stats: Results['stats'] | null;
  config: Results['config'] | null;
  status: DaemonStatus | null;
  /** The daemon's error about the settings file. */
  configProblem: ErrorReport | null;
  notice: Notice | null;
}

export function initialState(size: Size): State {
  return {
    ...EMPTY_OVERVIEW,
    size,
    link: { kind: 'connecting' },
    view: 'talk',
    help: false,
    project: '',
    projects: [],
    talk: EMPTY_TALK,
    search: null,
    field: null,
    text: EMPTY_TEXT,
    draft: EMPTY_TEXT,
    request: NO_REQUEST,
    queueRow: 0,
    projectRow: 0,
    sessionRow: 0,
    sessionList: null,
    scroll: 0,
    stats: null,
    config: null,
    status: null,
    configProblem: null,
    notice: null,
  };
}

export const NO_REQUEST: RequestState = {
  id: null,
  shownAt: 0,
  scroll: 0,
  confirming: null,
  question: 0,
  option: 0,
  marked: null,
  answers: {},
};

/** The shown conversation: all of it, or the result of the search. */
export function shownTalk(state: State): Talk {
  return state.search?.talk ?? state.talk;
}

export function withShownTalk(state: State, talk: Talk): State {
  return state.search ? { ...state, search: { ...state.search, talk } } : { ...state, talk };
}

/** The shown request; null: none waits. */
export function shownRequest({ pending, request }: State): PendingRequest | null {
  return pending.find(({ id }) => id === request.id) ?? pending[0] ?? null;
}
