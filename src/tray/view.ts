import type { Action } from '../actions.ts';
import type { WaitingRequest } from '../agent/requests.ts';
import type { SessionState } from '../agent/session.ts';
import type { ErrorReport } from '../errors.ts';
import type { StageName } from '../facts.ts';
import type { Utterance } from '../utterance.ts';
import type { TrayEntry, TrayIcon, TrayView } from './tray.ts';
import { tray as words } from './wording.ts';

/** State that the tray shows. */
export interface TrayFacts {
  stage: StageName;
  /** The chord that begins listening; null: there is none that works. */
  key: string | null;
  projects: readonly { name: string; current: boolean; chosen: boolean; session: SessionState }[];
  pending: readonly WaitingRequest[];
  /** Prompts that are not answered yet. */
  queued: number;
  /** Newest first. */
  answers: readonly Pick<Utterance, 'id' | 'prompt' | 'transcript'>[];
  /** A part does not work, or the newest utterance failed. */
  trouble: ErrorReport | null;
}

/** More requests than that are for `codex-voice status`. */
const MOST_REQUESTS = 3;

const SEPARATOR: TrayEntry = { type: 'separator' };

/** The tray for these facts. How many separators there are never changes: systray cannot take one away. */
export function trayView(facts: TrayFacts): TrayView {
  const icon = iconOf(facts);
  const state = words.state(icon, { ...facts, project: workingProject(facts) });
  return {
    icon,
    tooltip: { title: words.title, text: [state, ...troubleLines(facts)].join('\n') },
    menu: [
      text(state),
      ...troubleLines(facts).map(text),
      ...facts.pending.slice(0, MOST_REQUESTS).flatMap(requestEntries),
      SEPARATOR,
      ...voiceEntries(facts),
      SEPARATOR,
      ...projectEntries(facts),
      ...answerEntries(facts),
      SEPARATOR,
      { type: 'item', label: words.settings, action: { type: 'open-settings' } },
      { type: 'item', label: words.quit, action: { type: 'stop' } },
    ],
  };
}

/** The most important of several states: what the user does, then what waits for the user, then what is wrong. */
function iconOf({ stage, pending, trouble, projects, queued }: TrayFacts): TrayIcon {
  if (stage === 'listening') return 'listening';
  if (pending.length > 0) return 'asks';
  if (trouble !== null) return 'error';
  if (stage === 'paused') return 'paused';
  const atWork = projects.some(({ session }) => session === 'working' || session === 'waiting');
  return stage === 'finishing' || atWork || queued > 0 ? 'working' : 'idle';
}

function workingProject({ projects }: TrayFacts): string {
  const working = projects.find(({ session }) => session === 'working') ?? currentOf(projects);
  return words.label(working?.name ?? '');
}

function troubleLines({ trouble }: TrayFacts): string[] {
  return trouble === null ? [] : words.trouble(trouble);
}

function text(label: string): TrayEntry {
  return { type: 'text', label };
}

/** All that is decided about, which a click shows in the terminal; or no way to approve it here. */
function requestEntries(request: WaitingRequest): TrayEntry[] {
  const { id, hash, project, decisions } = request;
  const { lines, whole } = words.request(request);
  const decision = (label: string, decided: 'approve' | 'deny'): TrayEntry[] =>
    decisions.includes(decided)
      ? [
          {
            type: 'item',
            label,
            action: { type: 'answer', request: id, hash, answer: { decision: decided } },
          },
        ]
      : [];
  return [
    // Words that are only shown are grey in most panels, and these must be read.
    ...lines.map((label): TrayEntry => ({ type: 'item', label, action: { type: 'open-terminal', project } })),
    ...(whole ? decision(words.approve, 'approve') : []),
    ...decision(words.deny, 'deny'),
  ];
}

function voiceEntries({ stage, key, projects }: TrayFacts): TrayEntry[] {
  const working = projects.some(
    ({ current, session }) => current && (session === 'working' || session === 'waiting'),
  );
  const entries: TrayEntry[] = [];
  const add = (label: string, action: Action): void => {
    entries.push({ type: 'item', label, action });
  };
  if (stage === 'paused') add(words.unpause, { type: 'pause', paused: false });
  else {
    add(stage === 'listening' ? words.finish : words.listen(key), { type: 'key', key: 'toggle' });
    if (stage === 'listening') add(words.cancel, { type: 'key', key: 'cancel' });
    add(words.pause, { type: 'pause', paused: true });
  }
  if (working) add(words.interrupt, { type: 'interrupt' });
  return entries;
}

function projectEntries({ projects }: TrayFacts): TrayEntry[] {
  const current = currentOf(projects);
  if (!current) return [];
  const open: TrayEntry = {
    type: 'item',
    label: words.terminal,
    action: { type: 'open-terminal', project: current.name },
  };
  const screen: TrayEntry = { type: 'item', label: words.screen, action: { type: 'open-screen' } };
  if (projects.length < 2) return [open, screen];
  const choice = (label: string, project: string | null, chosen: boolean): TrayEntry => ({
    type: 'choice',
    label,
    chosen,
    action: { type: 'choose-project', project },
  });
  const entries = [
    choice(words.focused, null, !projects.some(({ chosen }) => chosen)),
    ...projects.map(({ name, chosen }) => choice(words.label(name), name, chosen)),
  ];
  return [open, screen, { type: 'submenu', label: words.project(current.name), entries }];
}

function answerEntries({ answers }: TrayFacts): TrayEntry[] {
  if (answers.length === 0) return [];
  const entries = answers.map(({ id, prompt, transcript }): TrayEntry => {
    const label = words.label(prompt ?? transcript ?? '');
    return { type: 'item', label, action: { type: 'open-answer', utterance: id } };
  });
  return [{ type: 'submenu', label: words.answers, entries }];
}

function currentOf(projects: TrayFacts['projects']): TrayFacts['projects'][number] | undefined {
  return projects.find(({ current }) => current) ?? projects[0];
}
