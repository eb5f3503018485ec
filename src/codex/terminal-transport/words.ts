import type { ErrorReport } from '../../errors.ts';

/** Limits of a session that uses only the terminal. */
export const TERMINAL_LIMITS: readonly string[] = [
  'answers arrive whole, not word by word',
  'a prompt during a turn waits for its end',
  'questions of Codex and of MCP servers are answered in codex-voice attach',
  'requests are never answered by voice; if the screen differs from the record, only in codex-voice attach',
  'a denied request ends the turn',
  'a nearly full conversation is not reported',
];

export const ENDED: ErrorReport = {
  code: 'codex-down',
  message: 'Codex ended in the hidden terminal.',
  hint: 'Codex is restarting.',
};
