import { basename } from 'node:path';
import type { Decision, PendingRequest } from '../../agent/requests.ts';
import { dangersOf, fileDangers } from '../../approvals/dangers.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';
import { exactText } from '../../text/clean.ts';
import { asks } from '../../wording/notifications.ts';
import { type AskedCall, askedCall, type ToolCall } from '../history/tool-calls.ts';
import { type Described, describeRequest, hashOf } from '../requests/describe.ts';
import type { Overlay } from './overlay.ts';

/** A request on the screen, and the keys that answer it. */
export interface ScreenRequest {
  request: Omit<PendingRequest, 'id' | 'at'>;
  keys: Partial<Record<Decision, string>>;
  /** The call that it asks about; null: unknown, so it can be decided only in the terminal. */
  call: string | null;
}

const COMMAND = 'Would you like to run the following command?';
const EDITS = 'Would you like to make the following edits?';
/** The end of a command that is longer than the screen. */
const CUT = /^ {2}\[… \d+ lines\] \^a view all$/;
const DANGER = 'is known by the terminal alone';
const UNREAD = 'cannot be read as a whole';
/** Rows of an unreadable request that are shown to the user. */
const MOST_ROWS = 40;

/**
 * Describes a request. A screen wraps and cuts text, and mixes the model's words with Codex's. So the user sees the
 * model's call from the rollout file, and the screen must show exactly that call, character by character.
 * @param directory of the project, absolute
 */
export function screenRequest(
  overlay: Overlay,
  calls: readonly ToolCall[],
  directory: string,
): ScreenRequest {
  const asked = calls.map((call) => askedCall(call, directory)).filter((call) => call !== null);
  if (overlay.kind === 'question') return question(overlay, asked);
  if (overlay.kind === 'elicitation') return unread(overlay, 'elicitation', asks.elicitation);
  const found = theCommand(overlay, asked) ?? (calls.length === 1 ? theEdit(overlay, asked) : null);
  if (!found) return unread(overlay, 'command', asks.approval);
  const decisions = (['approve', 'approve-session', 'deny'] as const).filter(
    (each) => overlay.keys[each] !== undefined,
  );
  return request({ ...describe(found, directory), decisions }, overlay.keys, found.id);
}

type Command = AskedCall & { kind: 'command' };
type Edit = AskedCall & { kind: 'file-change' };

/** Finds the command on the screen: the longest match, because one command may end with the words of another. */
function theCommand(overlay: Overlay, asked: readonly AskedCall[]): Command | null {
  const commands = asked.filter((call) => call.kind === 'command');
  const cut = overlay.above.findLast(({ text }) => text !== '');
  if (cut?.dim && CUT.test(cut.text)) {
    const shown = textOf(overlay.above.slice(0, overlay.above.lastIndexOf(cut)));
    return only(commands.filter((call) => shownAs(call).some((whole) => isBegun(shown, whole, call))));
  }
  const shown = textOf(overlay.above);
  const ends = commands.filter((call) => shownAs(call).some((whole) => shown.endsWith(whole)));
  const longest = Math.max(...ends.map((call) => compact(call.command).length));
  return only(ends.filter((call) => compact(call.command).length === longest));
}

/** The text on the screen for a command, with and without the row that names its folder. */
function shownAs({ command, reason }: Command): string[] {
  const rest = `${reason ? compact(`Reason: ${reason}`) : ''}${compact(`$ ${command}`)}`;
  return [compact(COMMAND) + rest, `${compact(COMMAND)}${compact('Environment: local')}${rest}`];
}

/** True when the screen shows the beginning of the text, including some of the command. */
function isBegun(shown: string, whole: string, { command }: Command): boolean {
  const title = compact(COMMAND);
  const head = whole.length - compact(command).length;
  for (let at = shown.indexOf(title); at >= 0; at = shown.indexOf(title, at + 1)) {
    if (shown.length - at > head && whole.startsWith(shown.slice(at))) return true;
  }
  return false;
}

/**
 * Finds the edit. 0.98.0 shows the change, 0.169.0 its files, 0.120.0 neither. So it must be the only call, because the
 * words of a command may look like this question.
 */
function theEdit(overlay: Overlay, asked: readonly AskedCall[]): Edit | null {
  const edit = only(asked.filter((call) => call.kind === 'file-change'));
  if (!edit || edit.paths.length === 0) return null;
  const title = overlay.above.findLastIndex(({ text }) => text === `  ${EDITS}`);
  if (title < 0) return null;
  const shown = textOf(overlay.above.slice(title + 1));
  return shown === '' || edit.paths.every((path) => shown.includes(compact(basename(path)))) ? edit : null;
}

function describe(call: Command | Edit, directory: string): Described {
  const common = { folder: call.folder, questions: [], decisions: [] };
  if (call.kind === 'command') {
    const dangers = [...dangersOf(call.command, directory, call.folder), DANGER];
    const reason = call.reason ? exactText(call.reason) : null;
    const detail = exactText(call.command);
    return { ...common, kind: 'command', title: asks.command, detail, reason, dangers };
  }
  const dangers = new Set(call.paths.flatMap((path) => fileDangers(path, directory)));
  if (/^\*\*\* Delete File: /m.test(call.patch)) dangers.add('deletes files');
  const detail = exactText(call.patch);
  return {
    ...common,
    kind: 'file-change',
    title: asks.change,
    detail,
    reason: null,
    dangers: [...dangers, DANGER],
  };
}

function question(overlay: Overlay, asked: readonly AskedCall[]): ScreenRequest {
  const call = only(asked.filter((each) => each.kind === 'question'));
  if (!call) return unread(overlay, 'question', asks.question);
  const params = { threadId: '', questions: call.questions };
  const described = describeRequest(
    { method: 'item/tool/requestUserInput', id: call.id, params },
    { directory: '', changesOf: () => null },
  );
  // It can be answered only in the terminal.
  return request({ ...described, questions: [], dangers: [DANGER] }, {}, call.id);
}

/** Describes a request that was not identified: the user can see it here, and decides in the terminal. */
function unread(overlay: Overlay, kind: PendingRequest['kind'], title: string): ScreenRequest {
  const rows = overlay.above.slice(lastOutput(overlay.above) + 1).slice(-MOST_ROWS);
  const detail = exactText(
    rows
      .map(({ text }) => text.trimEnd())
      .filter((text, row, all) => text !== '' || (all[row - 1] ?? '') !== '')
      .join('\n')
      .trim(),
  );
  const common = { folder: null, reason: null, decisions: [], questions: [], dangers: [UNREAD] };
  return request({ ...common, kind, title, detail }, {}, null);
}

/** Last row of the conversation: its parts begin in column 1, requests further right. */
function lastOutput(rows: readonly ScreenRow[]): number {
  return rows.findLastIndex(({ text }) => /^[^\s]/.test(text));
}

function request(described: Described, keys: ScreenRequest['keys'], call: string | null): ScreenRequest {
  return { request: { ...described, hash: hashOf(described) }, keys, call };
}

/** Removes characters that a screen may add or lose when it wraps. */
function compact(text: string): string {
  return text.replaceAll(/[\s\p{C}]/gu, '');
}

function textOf(rows: readonly ScreenRow[]): string {
  return rows.map(({ text }) => compact(text)).join('');
}

function only<T>(all: readonly T[]): T | null {
  return all.length === 1 ? (all[0] ?? null) : null;
}
