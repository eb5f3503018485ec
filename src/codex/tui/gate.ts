import type { PendingRequest } from '../../agent/requests.ts';
import type { SubmitOptions } from '../../agent/session.ts';
import type { ErrorReport } from '../../errors.ts';
import { DOWN } from '../errors.ts';
import type { ThreadStatus } from '../protocol.ts';
import { blockedBy, type Screen } from './screen.ts';

/** How long to wait for a screen that takes other keys, ms: the user may be using it. */
const BLOCKED_PATIENCE_MS = 5_000;
/** How long a terminal may take to draw its composer, ms. */
const LOADING_PATIENCE_MS = 20_000;

/**
 * The TUI learns of an interrupted turn when this program does. A prompt that arrives earlier counts as part of that
 * turn: Codex sends it, and puts it back into the composer (Codex 0.169.0).
 */
const SETTLE_MS = 150;

export type Phase = 'starting' | 'ready' | 'recovering' | 'down' | 'closed';

/** A separate prompt, or text for the running turn. */
export type Mode = NonNullable<SubmitOptions['mode']>;

/** Everything that decides whether keys may be typed. */
export interface GateView {
  phase: Phase;
  reason: ErrorReport | undefined;
  thread: ThreadStatus;
  /** Time of the last interruption, performance.now() in ms. */
  interruptedAt: number;
  pending: readonly PendingRequest[];
  screen: Screen;
}

type GateDecision =
  | { kind: 'open' }
  | { kind: 'refuse'; error: ErrorReport }
  /** Not yet. `error` is thrown if this lasts longer than `patience` ms. */
  | { kind: 'wait'; patience: number; error: ErrorReport };

/**
 * Decides whether a prompt may be typed now: Codex is idle, no request waits, and the screen shows an empty composer.
 * All three are necessary, because paste and Enter on an approval would approve it. Steering needs a running turn.
 */
export function decide(view: GateView, mode: Mode = 'turn', now = performance.now()): GateDecision {
  if (view.phase === 'down' || view.phase === 'closed') return { kind: 'refuse', error: view.reason ?? DOWN };
  if (view.phase !== 'ready') return WAIT;
  const [request] = view.pending;
  if (request) return { kind: 'refuse', error: approvalPending(request) };
  if (view.thread.type === 'active') {
    if (view.thread.activeFlags.length > 0) return { kind: 'refuse', error: blockedBy('approval') };
    // Enter during a turn steers it (Codex 0.169.0).
    return mode === 'steer' ? decideByScreen(view.screen) : WAIT;
  }
  if (now - view.interruptedAt < SETTLE_MS) return WAIT;
  return decideByScreen(view.screen);
}

function decideByScreen(screen: Screen): GateDecision {
  switch (screen.kind) {
    case 'composer':
      if (!screen.draft) return { kind: 'open' };
      return { kind: 'wait', patience: BLOCKED_PATIENCE_MS, error: blockedBy('draft') };
    case 'blocked':
      return { kind: 'wait', patience: BLOCKED_PATIENCE_MS, error: blockedBy(screen.by) };
    case 'loading':
      return { kind: 'wait', patience: LOADING_PATIENCE_MS, error: NO_COMPOSER };
  }
}

/** Why nothing is typed while a request waits. */
export function approvalPending(request: PendingRequest): ErrorReport {
  return { ...blockedBy(request.kind === 'question' ? 'question' : 'approval'), code: 'approval-pending' };
}

/** Why nothing is typed into a terminal that shows nothing readable. */
export const NO_COMPOSER: ErrorReport = {
  code: 'codex-blocked',
  message: 'The hidden terminal shows no prompt.',
  hint: 'Run `codex-voice attach` to see what it shows.',
};

/** A state that ends by itself: the caller decides how long to wait. */
const WAIT: GateDecision = { kind: 'wait', patience: Number.POSITIVE_INFINITY, error: DOWN };
