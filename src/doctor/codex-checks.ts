import type { Check } from './check.ts';
import { checkFocus } from './focus.ts';
import { checkNotifications } from './notifications.ts';
import { checkProject } from './project.ts';
import { checkTray } from './tray.ts';
import { checkUpdates } from './updates.ts';

/** Checks of the parts from the text to the answer on the screen, and of updates. */
export const CODEX_CHECKS: readonly Check[] = [
  { name: 'project', code: 'directory-missing', limitMs: 5_000, run: checkProject },
  { name: 'focus', code: 'internal', limitMs: 20_000, run: checkFocus },
  {
    name: 'codex',
    code: 'codex-down',
    limitMs: 60_000,
    // With Codex comes a native module, without which the other checks must run.
    run: async (context) => (await import('./codex.ts')).checkCodexParts(context),
  },
  {
    name: 'notifications',
    code: 'notifications-unavailable',
    limitMs: 15_000,
    run: (context) => checkNotifications(context),
  },
  { name: 'tray', code: 'internal', limitMs: 15_000, run: (context) => checkTray(context) },
  { name: 'updates', code: 'update-unreachable', limitMs: 5_000, run: checkUpdates },
];
