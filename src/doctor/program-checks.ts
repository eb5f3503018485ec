import { checkApp } from './app.ts';
import type { Check } from './check.ts';
import { checkDaemon } from './daemon.ts';
import { checkPriority } from './priority.ts';
import { checkProgram } from './program.ts';
import { checkRuntime } from './runtime.ts';
import { checkSettings } from './settings.ts';
import { checkState } from './state.ts';

const APP_CHECK: Check = {
  name: 'app',
  code: 'microphone-silent',
  limitMs: 5_000,
  run: (context) => checkApp(context),
};

/** Checks of the program, its files and its daemon. */
export const PROGRAM_CHECKS: readonly Check[] = [
  { name: 'program', code: 'program-damaged', limitMs: 30_000, run: checkProgram },
  ...(process.platform === 'darwin' ? [APP_CHECK] : []),
  { name: 'settings', code: 'config-invalid', limitMs: 5_000, run: checkSettings },
  { name: 'state', code: 'state-unwritable', limitMs: 10_000, run: checkState },
  { name: 'runtime', code: 'state-unwritable', limitMs: 5_000, run: checkRuntime },
  { name: 'daemon', code: 'daemon-failed', limitMs: 5_000, run: checkDaemon },
  {
    name: 'priority',
    code: 'priority-refused',
    limitMs: 15_000,
    run: (context) => checkPriority(context),
  },
];
