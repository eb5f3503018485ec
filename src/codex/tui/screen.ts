import type { ErrorReport } from '../../errors.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';

/**
 * What the hidden screen shows, as Codex 0.169.0 draws it. Enter means something else on every screen: it sends a
 * prompt, approves a command, trusts a folder or starts `npm install -g`. So nothing is typed unless the composer
 * is there, empty, and nothing else waits for a key.
 */

/** The composer is `› ` and the draft; further lines of a draft are indented by two. */
export const COMPOSER_INDENT = 2;

export type BlockingScreen =
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
  /** Keys go to the composer. `draft`: somebody's text is in it. */
  | { kind: 'composer'; draft: boolean }
  /** Keys mean something else. */
  | { kind: 'blocked'; by: BlockingScreen }
  /** Codex has not drawn its composer, or no longer. */
  | { kind: 'loading' };

/** Texts that tell the blocking screens apart, looked for in this order. */
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

/** Says what a screen shows. */
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
 * The row of the composer: the last one that starts with `›`, with nothing but indented rows below. Prompts of the
 * history look the same, but are followed by an answer or by the composer.
 */
function findComposer(rows: readonly ScreenRow[]): number | null {
  const index = rows.findLastIndex((row) => row.text === '›' || row.text.startsWith('› '));
  if (index < 0) return null;
  const rest = rows.slice(index + 1);
  return rest.every((row) => row.text === '' || row.text.startsWith('  ')) ? index : null;
}

/** The composer is drawn before the thread is there, and before the question whether the folder is trusted. */
function isResuming(rows: readonly ScreenRow[], composer: number): boolean {
  const above = rows.slice(0, composer).findLast((row) => row.text !== '');
  return above?.dim === true && /^ {2}(?:Resuming|Starting|Loading|Connecting)\b.*…$/u.test(above.text);
}

function isMenu(row: ScreenRow | undefined): boolean {
  return /^› \d+\. /u.test(row?.text ?? '') && row?.dim === false;
}

/** The last row that is not empty, when it is below the given one: there the keys are named. */
function footer(rows: readonly ScreenRow[], above: number): string {
  return rows.slice(above + 1).findLast((row) => row.text !== '')?.text ?? '';
}

/** What stands in the way of a prompt, and what to do about it. */
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

/** How much of a prompt's end is looked for on the screen: enough to know it, short enough for any window. */
const ECHO_LENGTH = 8;

/**
 * True when the screen shows that a prompt has landed in the composer: its end, or the `[Pasted Content N chars]`
 * that Codex 0.169.0 shows for more than 1,000 characters. Letters and digits alone count, so that line breaks and
 * emoji, which a screen may draw in several ways, do not matter.
 */
export function showsDraft(rows: readonly ScreenRow[], prompt: string): boolean {
  const lastEmpty = rows.findLastIndex((row) => row.text.startsWith('›') && row.dim);
  if (lastEmpty >= 0 && readScreen(rows).kind === 'composer') return false;
  const screen = rows.map((row) => row.text).join('');
  const end = letters(prompt).slice(-ECHO_LENGTH);
  // Of a prompt of emoji or unknown characters nothing can be looked for.
  if (end === '') return holdsText(rows);
  return /\[Pasted Content \d+ chars\]/u.test(screen) || letters(screen).includes(end);
}

/** True when somebody has scrolled back in the conversation (Codex 0.169.0): there Enter leads to its end. */
export function isLookingBack(rows: readonly ScreenRow[]): boolean {
  return rows.some((row) => /^ {8,}(?:New activity · )?↓ Back to bottom · esc$/u.test(row.text));
}

/** True when there is a composer and it does not show the words that stand in an empty one (dim). */
export function holdsText(rows: readonly ScreenRow[]): boolean {
  const composer = findComposer(rows);
  return composer !== null && rows[composer]?.dim === false;
}

/** True when the draft on the screen is the beginning of a prompt, or stands for one that is too long to show. */
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
