import type { Decision } from '../../agent/requests.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';
import { ESCAPE } from '../tui/keystrokes.ts';

/**
 * A question that covers the composer, as Codex 0.98.0, 0.120.0 and 0.169.0 draw it. Everything above the options may
 * be the model's words. An overlay is recognised only by its last row, with nothing below it, because the model's words
 * always have the composer below them.
 */
export interface Overlay {
  kind: 'approval' | 'question' | 'elicitation';
  /** The rows above the options. How many of them belong to the overlay is unknown. */
  above: readonly ScreenRow[];
  /** Keys for the decisions. */
  keys: Partial<Record<Decision, string>>;
}

const APPROVAL_KEYS = 'Press enter to confirm or esc to cancel';
const QUESTION_KEYS = /\benter to submit (?:answer|all)\b/;
const FORM_KEYS = /^enter to submit\b.*\besc to cancel$/;

/** Finds the overlay on the screen; null: there is none. */
export function readOverlay(rows: readonly ScreenRow[]): Overlay | null {
  const end = rows.findLastIndex(({ text }) => text !== '');
  const keys = rows[end]?.text.trim() ?? '';
  const above = rows.slice(0, Math.max(end, 0));
  if (QUESTION_KEYS.test(keys)) return { kind: 'question', above, keys: {} };
  if (FORM_KEYS.test(keys)) return { kind: 'elicitation', above, keys: {} };
  return keys === APPROVAL_KEYS ? approval(above) : null;
}

function approval(rows: readonly ScreenRow[]): Overlay | null {
  // The text of options begins in column 5 or further right, so it cannot be mistaken for an option.
  const first = rows.findLastIndex(({ text }) => /^[› ] 1\. /.test(text));
  const yes = /^[› ] 1\. (.+?) \(y\)$/.exec(rows[first]?.text ?? '')?.[1];
  if (yes === undefined) return null;
  const above = rows.slice(0, first);
  if (yes !== 'Yes, proceed') return { kind: 'elicitation', above, keys: {} };
  const session = rows.slice(first).some(({ text }) => SESSION.test(text));
  return {
    kind: 'approval',
    above,
    keys: { approve: 'y', ...(session && { 'approve-session': 'a' }), deny: ESCAPE },
  };
}

/** A lasting rule ("... for commands that start with ...", key p) is not among the decisions. */
const SESSION = /^[› ] \d\. Yes, and don't ask again for (?:these files|this command in this session) \(a\)$/;
