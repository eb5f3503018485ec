import type { ErrorReport } from '../../errors.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';

/**
 * The content of the hidden screen, as Codex 0.169.0 draws it. Enter means something different on every screen: it
 * sends a prompt, approves a command, trusts a folder or starts `npm install -g`. So nothing is typed unless the
 * composer is there, empty, and nothing else waits for a key.
 */

/** The composer is `› ` and the draft; further lines of a draft are indented by two. */
export const COMPOSER_INDENT = 2;

type BlockingScreen =
  | 'sign-in'
  | 'folder-trust'
  | 'update-offer'
  | 'hooks-review'
  | 'model-migration'
  | 'working-directory'
  | 'approval'
  | 'question'
  | 'transcript'
  | 'reconnecting'
  | 'shell-mode'
  | 'menu';

export type Screen =
  /** Keys go to the composer. `draft`: it contains text. */
  | { kind: 'composer'; draft: boolean }
  /** Keys mean something else. */
  | { kind: 'blocked'; by: BlockingScreen }
  /** There is no composer, not yet or not any more. */
  | { kind: 'loading' };

/** Texts that identify the blocking screens, in the order in which they are tried. */
const SIGNS: [BlockingScreen, RegExp][] = [
  ['sign-in', /Sign in with ChatGPT|Sign in with Device Code/u],
  ['folder-trust', /Trust this folder\?|Do you trust the contents of this/u],
  ['update-offer', /Update available .*→|Update now \(runs/u],
  ['hooks-review', /Hooks? needs? review/u],
  ['model-migration', /Try new model|Use existing model/u],
  ['working-directory', /Working directory · resume|Choose working directory to resume/u],
  ['approval', /^ {2}Would you like to |Yes, proceed \(y\)/mu],
  ['question', /^ {2}Question \d+\/\d+|enter to submit answer/mu],
  ['transcript', /Browsing transcript/u],
  ['reconnecting', /^• Reconnecting to server/mu],
];

/** Hints below the composer that show that keys go elsewhere: every menu, view and dialogue names its Esc or Enter. */
const OTHER_KEYS = /\b(?:esc|enter)\b|↵|\^c quit/iu;

/** Returns what a screen shows. */
export function readScreen(rows: readonly ScreenRow[]): Screen {
  const text = rows.map((row) => row.text).join('\n');
  const found = findComposer(rows);
  if (found !== null && isResuming(rows, found)) return { kind: 'loading' };
  if (found !== null && !isMenu(rows[found]) && !OTHER_KEYS.test(footer(rows, found))) {
    const draft = rows[found]?.dim === false && rows[found]?.text !== '›';
    return { kind: 'composer', draft };
  }
  const sign = SIGNS.find(([, pattern]) => pattern.test(text));
  if (sign) return { kind: 'blocked', by: sign[0] };
  if (rows.some((row) => row.text === '!' || row.text.startsWith('! ')))
    return { kind: 'blocked', by: 'shell-mode' };
  const menu = found !== null || OTHER_KEYS.test(footer(rows, -1));
  return menu ? { kind: 'blocked', by: 'menu' } : { kind: 'loading' };
}

/**
 * Finds the row of the composer: the last one that starts with `›`, with only indented rows below. Prompts of the
 * history look the same, but an answer or the composer follows them.
 */
function findComposer(rows: readonly ScreenRow[]): number | null {
  const index = rows.findLastIndex((row) => row.text === '›' || row.text.startsWith('› '));
  if (index < 0) return null;
  const rest = rows.slice(index + 1);
  return rest.every((row) => row.text === '' || row.text.startsWith('  ')) ? index : null;
}

/** The composer appears before the thread is loaded, and before the question whether to trust the folder. */
function isResuming(rows: readonly ScreenRow[], composer: number): boolean {
  const above = rows.slice(0, composer).findLast((row) => row.text !== '');
  return above?.dim === true && /^ {2}(?:Resuming|Starting|Loading|Connecting)\b.*…$/u.test(above.text);
}

function isMenu(row: ScreenRow | undefined): boolean {
  return /^› \d+\. /u.test(row?.text ?? '') && row?.dim === false;
}

/** Returns the last row with text below the given one, which names the keys. */
function footer(rows: readonly ScreenRow[], above: number): string {
  return rows.slice(above + 1).findLast((row) => row.text !== '')?.text ?? '';
}

/** Reports what prevents a prompt, and what to do about it. */
export function blockedBy(screen: BlockingScreen | 'draft'): ErrorReport {
  if (screen === 'sign-in') {
    return { code: 'codex-signed-out', message: 'Codex is not signed in.', hint: 'Run `codex login`.' };
  }
  const [message, hint] = ADVICE[screen];
  return { code: screen === 'approval' ? 'approval-pending' : 'codex-blocked', message, hint };
}

const LOOK = 'Run `codex-voice attach`';

const ADVICE: Record<Exclude<BlockingScreen | 'draft', 'sign-in'>, [string, string]> = {
  'folder-trust': [
    'Codex asks whether to trust the folder.',
    `${LOOK} and decide; until then nothing is sent.`,
  ],
  'update-offer': [
    'Codex offers an update.',
    `${LOOK} and choose Skip, or update Codex and restart codex-voice.`,
  ],
  'hooks-review': ['Codex asks to review hooks before they may run.', `${LOOK} and decide about them.`],
  'model-migration': ['Codex asks whether to change to a new model.', `${LOOK} and choose a model.`],
  'working-directory': ['Codex asks in which folder to go on.', `${LOOK} and choose one.`],
  approval: ['Codex waits for an approval.', `${LOOK} and approve or deny it; then say it again.`],
  question: ['Codex waits for an answer to its question.', `${LOOK} and answer it; then say it again.`],
  transcript: ['The hidden terminal shows the transcript view.', `${LOOK} and press Esc.`],
  reconnecting: ['The hidden terminal is reconnecting to Codex.', 'Wait a few seconds and say it again.'],
  'shell-mode': ['The hidden terminal is in shell mode.', `${LOOK} and press Backspace.`],
  menu: ['A menu is open in the hidden terminal.', `${LOOK} and press Esc.`],
  draft: ['A draft is in the hidden terminal.', `${LOOK}, then send it or clear it with Ctrl-C.`],
};

/** Length of a prompt's end that is searched on the screen: enough to identify it, short enough for any window. */
const ECHO_LENGTH = 8;

/**
 * True when the composer shows a prompt: its end, or the `[Pasted Content N chars]` that Codex 0.169.0 shows for more
 * than 1,000 characters, and no other text. Compares only letters and digits, because screens draw line breaks and emoji in several ways.
 */
export function showsDraft(rows: readonly ScreenRow[], prompt: string): boolean {
  const lastEmpty = rows.findLastIndex((row) => row.text.startsWith('›') && row.dim);
  if (lastEmpty >= 0 && readScreen(rows).kind === 'composer') return false;
  if (holdsOther(rows, prompt)) return false;
  const screen = rows.map((row) => row.text).join('');
  const end = letters(prompt).slice(-ECHO_LENGTH);
  // A prompt of emoji or unknown characters cannot be searched for.
  if (end === '') return holdsText(rows);
  return /\[Pasted Content \d+ chars\]/u.test(screen) || letters(screen).includes(end);
}

/** True when the conversation is scrolled back (Codex 0.169.0): there Enter jumps to its end. */
export function isLookingBack(rows: readonly ScreenRow[]): boolean {
  return rows.some((row) => /^ {8,}(?:New activity · )?↓ Back to bottom · esc$/u.test(row.text));
}

/** True when there is a composer without the dim text of an empty one. */
export function holdsText(rows: readonly ScreenRow[]): boolean {
  const composer = findComposer(rows);
  return composer !== null && rows[composer]?.dim === false;
}

/**
 * True when the composer holds text that is not of the prompt: the user typed there while it was pasted. The first visible
 * row decides, which is in the middle of a long prompt.
 */
export function holdsOther(rows: readonly ScreenRow[], prompt: string): boolean {
  const composer = findComposer(rows);
  const screen = readScreen(rows);
  // A menu that opened meanwhile looks like a draft.
  if (composer === null || screen.kind !== 'composer' || !screen.draft) return false;
  const text = rows[composer]?.text.slice(COMPOSER_INDENT).trimStart() ?? '';
  return !text.startsWith('[Pasted Content ') && !letters(prompt).includes(letters(text));
}

/** True when the draft on the screen is the beginning of a prompt, or the placeholder for a long one. */
export function isDraftOf(rows: readonly ScreenRow[], prompt: string): boolean {
  const composer = findComposer(rows);
  const draft = composer === null ? '' : (rows[composer]?.text.slice(COMPOSER_INDENT).trim() ?? '');
  if (!draft || !prompt) return false;
  // The screen shows a tab as spaces.
  return (
    unspaced(prompt).startsWith(unspaced(draft)) || draft === `[Pasted Content ${[...prompt].length} chars]`
  );
}

function unspaced(text: string): string {
  return text.replaceAll(/\s/gu, '');
}

function letters(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '');
}
