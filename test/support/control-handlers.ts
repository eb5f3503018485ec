import type { Gatekeeper } from '../../src/control/gatekeeper.ts';
import type { ControlHandlers } from '../../src/control/server.ts';
import { VoiceError } from '../../src/errors.ts';

/** Handlers that do nothing; a test replaces those it is about. */
export function handlers(some: Partial<ControlHandlers> = {}): ControlHandlers {
  const stage = async () => ({ stage: 'idle' }) as const;
  const unexpected = async () => {
    throw new VoiceError('internal', 'This test does not expect that.', 'None.');
  };
  return {
    toggle: stage,
    press: stage,
    release: stage,
    cancel: stage,
    pause: stage,
    unpause: stage,
    ask: unexpected,
    interrupt: async () => ({ interrupted: false }),
    status: unexpected,
    history: async () => ({ utterances: [] }),
    stats: async () => ({ count: 0, stages: {} }),
    config: unexpected,
    reload: async () => ({ changed: false }),
    projects: async () => ({ projects: [] }),
    use: unexpected,
    new: unexpected,
    sessions: unexpected,
    resume: unexpected,
    approve: unexpected,
    deny: unexpected,
    answer: unexpected,
    queue: async () => ({ queue: [] }),
    'queue/move': unexpected,
    'queue/drop': unexpected,
    'queue/send': unexpected,
    review: async () => ({ reviews: [] }),
    'review/send': unexpected,
    'review/cancel': unexpected,
    'review/edit': unexpected,
    'review/hold': unexpected,
    'review/open': unexpected,
    attach: unexpected,
    popup: unexpected,
    restart: async () => ({ restarting: false }),
    stop: async () => ({}),
    'terminal/input': () => undefined,
    'terminal/resize': () => undefined,
    'terminal/painted': () => undefined,
    'terminal/scroll': () => undefined,
    detach: () => undefined,
    ...some,
  };
}

/** Lets everybody do everything: for servers whose clients are not what the test is about. */
export const openGate: Gatekeeper = { admit: () => ({ refusal: () => null }) };
