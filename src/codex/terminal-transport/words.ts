import type { ErrorReport } from '../../errors.ts';

/** What the terminal alone cannot do. */
export const TERMINAL_LIMITS: readonly string[] = [
  'answers come whole, not word by word',
  'words for a running turn wait for its end',
  'questions of Codex and of MCP servers are answered in codex-voice attach',
  'requests that the screen does not show as they are on record are decided in codex-voice attach, and none by voice',
  'a denied request ends the turn',
  'a conversation that is nearly full is not told',
];

export const ENDED: ErrorReport = {
  code: 'codex-down',
  message: 'Codex ended in the hidden terminal.',
  hint: 'Codex is restarting.',
};
