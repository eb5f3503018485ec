import { EMPTY_OVERVIEW, type Overview } from '../control/overview.ts';
import type { ProjectStatus, Results, ThreadSummary } from '../control/results.ts';
import type { PendingRequest } from '../control/shapes.ts';
import type { DaemonStatus } from '../control/status.ts';
import type { ErrorReport } from '../errors.ts';
import type { Look } from './cells.ts';
import { type EditedText, EMPTY_TEXT } from './edited-text.ts';
import { EMPTY_TALK, type Talk } from './talk.ts';

/** The views in the order of their tabs. */
export const VIEWS = ['talk', 'requests', 'queue', 'projects', 'timings', 'settings'] as const;
export type View = (typeof VIEWS)[number];

export interface Size {
  columns: number;
  rows: number;
}

/** Whether there is a daemon at the other end. */
export type Link =
  | { kind: 'connecting' }
  | { kind: 'up'; version: string }
  /** `since`: epoch, ms. It is looked for until it is back. */
  | { kind: 'lost'; reason: ErrorReport; since: number };

/** What is typed, and what for. */
export type Field =
  | { kind: 'compose' }
  | { kind: 'search' }
  /** A text of one's own as the answer to a question of a request. */
  | { kind: 'answer'; request: string; question: string; secret: boolean }
  | ReviewField;

/** A prompt before it is sent, on the whole screen. */
export interface ReviewField {
  kind: 'review';
  id: string;
  project: string;
  /** True when it was sent or cancelled elsewhere. */
  gone: boolean;
}

/** The request that is looked at, and what has been chosen for it. */
export interface RequestState {
  /** null: the oldest. */
  id: string | null;
  /** Since when it is the one that is shown, epoch ms: what has just appeared is not decided by a key meant for another. */
  shownAt: number;
  /** Rows scrolled away above. */
  scroll: number;
  /** What is dangerous is approved by the second key. */
  confirming: 'approve' | 'approve-session' | null;
  question: number;
  /** Which option the cursor is on. */
  option: number;
  /** Options of the present question that are marked, where it takes several; null: none was yet. */
  marked: readonly string[] | null;
  /** By question; an empty list: it is left without one. */
  answers: Readonly<Record<string, readonly string[]>>;
}

export interface SessionList {
  project: string;
  /** null: being asked for. */
  threads: readonly ThreadSummary[] | null;
  current: string | null;
}

export interface Notice {
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
  /** Where prompts go. */
  project: string;
  projects: readonly ProjectStatus[];
  talk: Talk;
  /** What was searched for, and what was found. */
  search: { query: string; talk: Talk } | null;
  field: Field | null;
  /** The text of the field. */
  text: EditedText;
  /** A prompt that is not sent yet, kept while its field is closed. */
  draft: EditedText;
  request: RequestState;
  queueRow: number;
  projectRow: number;
  sessionRow: number;
  /** The conversations of a project, beside the list of projects. */
  sessionList: SessionList | null;
  /** Rows scrolled away above, in views that are one text. */
  scroll: number;
  stats: Results['stats'] | null;
  config: Results['config'] | null;
  status: DaemonStatus | null;
  /** What is wrong with the settings file, as the daemon says. */
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

/** The conversation that is looked at: all of it, or what was found in it. */
export function shownTalk(state: State): Talk {
  return state.search?.talk ?? state.talk;
}

export function withShownTalk(state: State, talk: Talk): State {
  return state.search ? { ...state, search: { ...state.search, talk } } : { ...state, talk };
}

/** The request that is looked at; null: nothing waits. */
export function shownRequest({ pending, request }: State): PendingRequest | null {
  return pending.find(({ id }) => id === request.id) ?? pending[0] ?? null;
}
