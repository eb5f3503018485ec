import { type State, shownRequest, VIEWS, type View } from '../state.ts';
import type { Edit } from './edited-text.ts';

/** The meaning of a key. The reducer handles what concerns the screen, the controller what concerns the daemon. */
export type Command =
  | { name: 'listen' | 'cancel' | 'interrupt' | 'compose' | 'attach' | 'help' | 'back' | 'pause' }
  | { name: 'quit' | 'redraw' | 'suspend' | 'next-view' | 'previous-view' }
  | { name: 'view'; view: View }
  | { name: 'down' | 'up' | 'page-down' | 'page-up' | 'first' | 'last' | 'line-down' | 'line-up' }
  | { name: 'details' | 'search' | 'send-again' | 'copy' }
  | { name: 'approve' | 'approve-session' | 'deny' | 'next-request' | 'own-answer' | 'answer' }
  | { name: 'option'; index: number }
  | { name: 'move-up' | 'move-down' | 'drop' | 'send' }
  | { name: 'use' | 'use-none' | 'new' | 'sessions' | 'list' }
  | { name: 'edit-settings' | 'reload' };

interface Binding {
  /** As `keyName` names them. */
  keys: readonly string[];
  command: Command;
  /** For the help overlay. */
  help: string;
  /** For the row of hints. Without it, only the help shows the key. */
  hint?: string;
  /** Condition for the binding. */
  when?: (state: State) => boolean;
}

interface Group {
  title: string;
  /** null: in every view. */
  view: View | null;
  bindings: readonly Binding[];
}

const listening = ({ stage }: State): boolean => stage === 'listening';
const asks = (state: State): boolean => (shownRequest(state)?.questions.length ?? 0) > 0;
const decides =
  (decision: 'approve' | 'approve-session' | 'deny') =>
  (state: State): boolean =>
    shownRequest(state)?.decisions.includes(decision) ?? false;
const inSessions = ({ sessionList }: State): boolean => sessionList !== null;
const inProjects = (state: State): boolean => !inSessions(state);

function bind(
  keys: string,
  command: Command | Command['name'],
  help: string,
  more: Partial<Binding> = {},
): Binding {
  const whole = typeof command === 'string' ? ({ name: command } as Command) : command;
  return { keys: keys.split(' '), command: whole, help, ...more };
}

const SCROLL: readonly Binding[] = [
  bind('j down', 'down', 'down'),
  bind('k up', 'up', 'up'),
  bind('ctrl+d pagedown', 'page-down', 'a page down'),
  bind('ctrl+u pageup', 'page-up', 'a page up'),
  bind('g home', 'first', 'to the beginning'),
  bind('G end', 'last', 'to the end'),
];

/** All keys. Bindings of a view take precedence over general ones. */
export const KEYS: readonly Group[] = [
  {
    title: 'Conversation',
    view: 'talk',
    bindings: [
      bind('j down', 'down', 'next'),
      bind('k up', 'up', 'previous'),
      bind('ctrl+d pagedown', 'page-down', 'a page down'),
      bind('ctrl+u pageup', 'page-up', 'a page up; at the top, load older ones'),
      bind('ctrl+e', 'line-down', 'a line down'),
      bind('ctrl+y', 'line-up', 'a line up'),
      bind('g home', 'first', 'to the oldest'),
      bind('G end', 'last', 'to the newest, and follow it'),
      bind('return t', 'details', 'show its timings', { hint: 'timings' }),
      bind('/', 'search', 'search the journal', { hint: 'search' }),
      bind('x', 'interrupt', 'interrupt Codex', { hint: 'interrupt', when: working }),
      bind('s', 'send-again', 'send a failed or interrupted one again'),
      bind('y', 'copy', 'copy the answer'),
    ],
  },
  {
    title: 'Requests',
    view: 'requests',
    bindings: [
      bind('a', 'approve', 'approve', { hint: 'approve', when: decides('approve') }),
      bind('s', 'approve-session', 'approve, also for the rest of the session', {
        hint: 'for session',
        when: decides('approve-session'),
      }),
      bind('d', 'deny', 'deny; Codex continues without it', { hint: 'deny', when: decides('deny') }),
      bind('return', 'answer', 'answer with the marked option', { hint: 'answer', when: asks }),
      bind('e', 'own-answer', 'write your own answer', { hint: 'write', when: asks }),
      ...Array.from({ length: 9 }, (_, index) =>
        bind(String(index + 1), { name: 'option', index }, 'mark an option', { when: asks }),
      ),
      bind('n', 'next-request', 'the next request', {
        hint: 'next',
        when: ({ pending }) => pending.length > 1,
      }),
      ...SCROLL,
    ],
  },
  {
    title: 'Queue',
    view: 'queue',
    bindings: [
      bind('K', 'move-up', 'earlier', { hint: 'earlier' }),
      bind('J', 'move-down', 'later', { hint: 'later' }),
      bind('x', 'drop', 'remove it; it is not sent', { hint: 'drop' }),
      bind('s', 'send', 'send an uncertain prompt', { hint: 'send' }),
      ...SCROLL,
    ],
  },
  {
    title: 'Projects',
    view: 'projects',
    bindings: [
      bind('return', 'use', 'prompts go there from now on', { hint: 'use', when: inProjects }),
      bind('return', 'use', 'continue this conversation', { hint: 'resume', when: inSessions }),
      bind('u', 'use-none', 'let the focused window decide', { hint: 'automatic' }),
      bind('l right', 'sessions', 'list its conversations', { hint: 'conversations', when: inProjects }),
      bind('h left', 'list', 'back to the projects', { hint: 'projects', when: inSessions }),
      bind('n', 'new', 'start a new conversation', { hint: 'new' }),
      ...SCROLL,
    ],
  },
  {
    title: 'Timings',
    view: 'timings',
    bindings: [bind('r', 'reload', 'recalculate', { hint: 'again' }), ...SCROLL],
  },
  {
    title: 'Settings',
    view: 'settings',
    bindings: [
      bind('e', 'edit-settings', 'open config.toml in $EDITOR', { hint: 'edit' }),
      bind('r', 'reload', 'read it again', { hint: 'reload' }),
      ...SCROLL,
    ],
  },
  {
    title: 'Everywhere',
    view: null,
    bindings: [
      bind('space', 'listen', 'start listening, or stop and send', { hint: 'listen' }),
      bind('c', 'cancel', 'discard the recording', { hint: 'cancel', when: listening }),
      bind('p', 'pause', 'pause listening; again: resume'),
      bind('w i', 'compose', 'write a prompt', { hint: 'write', when: ({ view }) => view !== 'requests' }),
      bind('o', 'attach', 'open the hidden Codex terminal; Ctrl-] comes back'),
      bind('tab', 'next-view', 'the next view'),
      bind('shift+tab', 'previous-view', 'the previous view'),
      ...VIEWS.map((view, index) => bind(String(index + 1), { name: 'view', view }, `to ${view}`)),
      bind('escape', 'back', 'close what is open'),
      bind('?', 'help', 'all keys', { hint: 'help' }),
      bind('ctrl+l', 'redraw', 'redraw the screen'),
      bind('ctrl+z', 'suspend', 'to the shell; fg comes back'),
      bind('q ctrl+c', 'quit', 'quit; codex-voice keeps running', { hint: 'quit' }),
    ],
  },
];

function working({ sessions, project }: State): boolean {
  const state = sessions[project]?.state;
  return state === 'working' || state === 'waiting';
}

/** Returns the current bindings, those of the view first. */
export function bindingsNow(state: State): Binding[] {
  return KEYS.filter(({ view }) => view === state.view || view === null)
    .flatMap(({ bindings }) => bindings)
    .filter(({ when }) => when?.(state) ?? true);
}

export function commandOf(state: State, key: string): Command | null {
  if (state.help && !['quit', 'redraw', 'suspend'].includes(commandAt(state, key)?.name ?? '')) {
    const scroll = SCROLL.find(({ keys }) => keys.includes(key));
    return scroll?.command ?? { name: 'help' };
  }
  return commandAt(state, key);
}

function commandAt(state: State, key: string): Command | null {
  return bindingsNow(state).find(({ keys }) => keys.includes(key))?.command ?? null;
}

/** The meaning of a key in a field. `leave`: the countdown of the edited prompt starts again. */
type FieldKey = Edit | 'submit' | 'close' | 'leave' | 'redraw';

const NEW_LINE: FieldKey = { kind: 'insert', text: '\n' };

const FIELD_KEYS: Readonly<Record<string, FieldKey>> = {
  return: 'submit',
  'alt+return': NEW_LINE,
  'shift+return': NEW_LINE,
  'ctrl+j': NEW_LINE,
  escape: 'close',
  'ctrl+c': 'close',
  'ctrl+x': 'leave',
  'ctrl+l': 'redraw',
  left: { kind: 'move', to: 'left' },
  right: { kind: 'move', to: 'right' },
  up: { kind: 'move', to: 'up' },
  down: { kind: 'move', to: 'down' },
  pageup: { kind: 'move', to: 'page-up' },
  pagedown: { kind: 'move', to: 'page-down' },
  'ctrl+b': { kind: 'move', to: 'left' },
  'ctrl+f': { kind: 'move', to: 'right' },
  'ctrl+p': { kind: 'move', to: 'up' },
  'ctrl+n': { kind: 'move', to: 'down' },
  'ctrl+left': { kind: 'move', to: 'word-left' },
  'ctrl+right': { kind: 'move', to: 'word-right' },
  'alt+left': { kind: 'move', to: 'word-left' },
  'alt+right': { kind: 'move', to: 'word-right' },
  'alt+b': { kind: 'move', to: 'word-left' },
  'alt+f': { kind: 'move', to: 'word-right' },
  home: { kind: 'move', to: 'row-start' },
  end: { kind: 'move', to: 'row-end' },
  'ctrl+a': { kind: 'move', to: 'row-start' },
  'ctrl+e': { kind: 'move', to: 'row-end' },
  'ctrl+home': { kind: 'move', to: 'text-start' },
  'ctrl+end': { kind: 'move', to: 'text-end' },
  'alt+<': { kind: 'move', to: 'text-start' },
  'alt+>': { kind: 'move', to: 'text-end' },
  backspace: { kind: 'erase', to: 'left' },
  'ctrl+h': { kind: 'erase', to: 'left' },
  delete: { kind: 'erase', to: 'right' },
  'ctrl+d': { kind: 'erase', to: 'right' },
  'ctrl+w': { kind: 'erase', to: 'word-left' },
  'alt+backspace': { kind: 'erase', to: 'word-left' },
  'alt+d': { kind: 'erase', to: 'word-right' },
  'ctrl+delete': { kind: 'erase', to: 'word-right' },
  'alt+delete': { kind: 'erase', to: 'word-right' },
  'ctrl+u': { kind: 'erase', to: 'line-start' },
  'ctrl+k': { kind: 'erase', to: 'line-end' },
  'ctrl+y': { kind: 'yank' },
  'ctrl+z': { kind: 'undo' },
  'ctrl+_': { kind: 'undo' },
};

/** Returns null for a key without a meaning. @param key as `keyName` names it */
export function fieldKey(key: string): FieldKey | null {
  const bound = FIELD_KEYS[key];
  if (bound) return bound;
  if (key === 'space') return { kind: 'insert', text: ' ' };
  return [...key].length === 1 ? { kind: 'insert', text: key } : null;
}

/** ink's description of a key (8.0.0). */
export interface InkKey {
  upArrow: boolean;
  downArrow: boolean;
  leftArrow: boolean;
  rightArrow: boolean;
  pageDown: boolean;
  pageUp: boolean;
  home: boolean;
  end: boolean;
  return: boolean;
  escape: boolean;
  ctrl: boolean;
  shift: boolean;
  tab: boolean;
  backspace: boolean;
  delete: boolean;
  meta: boolean;
}

const NAMED: readonly [name: string, flag: keyof InkKey][] = [
  ['up', 'upArrow'],
  ['down', 'downArrow'],
  ['left', 'leftArrow'],
  ['right', 'rightArrow'],
  ['pagedown', 'pageDown'],
  ['pageup', 'pageUp'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'return'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/**
 * Returns the names of the keys in one input event: `j`, `G`, `ctrl+d`, `alt+return`. Quickly typed keys arrive as one
 * event.
 */
export function keyNames(input: string, key: InkKey): string[] {
  const named = NAMED.find(([, flag]) => key[flag])?.[0];
  // ink reports Alt and Escape in the same way for a key without text.
  const alt = key.meta && named !== 'escape' ? 'alt+' : '';
  if (named) return [`${key.ctrl ? 'ctrl+' : alt}${key.shift && named !== 'escape' ? 'shift+' : ''}${named}`];
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input.toLowerCase()}`];
  return [...input].map((character) => `${alt}${CHARACTERS[character] ?? withControl(character)}`);
}

/** Names a control character by its key: on a busy machine, Ctrl-U arrives in one event with the words around it. */
function withControl(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 1 && code <= 26 ? `ctrl+${String.fromCharCode(code + 96)}` : character;
}

/** Names of special characters. In raw mode, Ctrl-J is a line feed and Enter is not. */
const CHARACTERS: Readonly<Record<string, string>> = {
  ' ': 'space',
  '\r': 'return',
  '\n': 'ctrl+j',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\x1f': 'ctrl+_',
};
