import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import type { Change } from './change.ts';
import { type ScreenRow, showsDraft } from './composer.ts';
import { decide, type GateDecision, type GateView } from './gate.ts';
import { ENTER, pasteKeys } from './paste.ts';
import type { Turn } from './protocol.ts';
import { userText } from './protocol.ts';
import { PromptTurn } from './turn.ts';

/** The composer shows a paste within about 10 ms, 100 kB within 200 (Codex 0.169.0 on two cores). */
const ECHO_TIMEOUT_MS = 5_000;
/** From Enter to the user message it takes about 50 ms. */
const ACCEPT_TIMEOUT_MS = 10_000;
const RECOVERY_TIMEOUT_MS = 60_000;

/** What delivering a prompt needs of the session. */
export interface DeliveryPlace {
  readonly view: GateView;
  /** Notified whenever the view or the screen changes. */
  readonly change: Change;
  rows(): readonly ScreenRow[];
  write(keys: string): void;
  /** Starts the terminal's program again: its composer is empty then, whatever was in it. */
  clear(): Promise<void>;
  /** Registers a turn with those who hear what the server reports. */
  watch(turn: PromptTurn): void;
  unwatch(turn: PromptTurn): void;
  /** The last turn in the thread's history; null when there is none or nobody to ask. */
  lastTurn(): Promise<Turn | null>;
  readonly logger: Logger;
}

/**
 * Types a cleaned prompt into the composer and returns its turn once Codex has reported it.
 * @throws VoiceError approval-pending, codex-blocked, codex-down, prompt-unconfirmed; the signal's reason
 */
export async function deliver(
  place: DeliveryPlace,
  prompt: string,
  signal?: AbortSignal,
): Promise<PromptTurn> {
  await pass(place, signal);
  const turn = new PromptTurn(prompt);
  place.watch(turn);
  try {
    await type(place, prompt, signal);
    await confirm(place, turn, prompt);
    return turn;
  } catch (error) {
    place.unwatch(turn);
    throw error;
  }
}

/** Waits until a prompt may be typed. */
async function pass(place: DeliveryPlace, signal: AbortSignal | undefined): Promise<void> {
  let since = performance.now();
  let reason = '';
  for (;;) {
    signal?.throwIfAborted();
    const decision = decide(place.view);
    if (decision.kind === 'open') return;
    if (decision.kind === 'refuse') throw errorOf(decision);
    if (decision.error.message !== reason) since = performance.now();
    reason = decision.error.message;
    const left = since + decision.patience - performance.now();
    if (left <= 0) throw errorOf(decision);
    await place.change.next(Math.min(left, 60_000), signal);
  }
}

/** Pastes, looks whether it landed in the composer, and only then presses Enter. */
async function type(place: DeliveryPlace, prompt: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    place.write(pasteKeys(prompt));
    const landed = await place.change.until(
      () => (showsDraft(place.rows(), prompt) ? true : null),
      ECHO_TIMEOUT_MS,
      signal,
    );
    if (!landed) throw unconfirmed('The hidden terminal did not take the prompt.');
    const decision = decide({ ...place.view, screen: { kind: 'composer', draft: false } });
    if (decision.kind === 'refuse') throw errorOf(decision);
  } catch (error) {
    place.logger.warn({ err: error }, 'the prompt was not sent; clearing the composer');
    await place.clear();
    throw error;
  }
  place.write(ENTER);
}

/** Waits for the user message; asks the thread's history when it does not come. */
async function confirm(place: DeliveryPlace, turn: PromptTurn, prompt: string): Promise<void> {
  const began = Date.now();
  const settled = await place.change.until(
    () => turn.id ?? (place.view.phase === 'ready' ? null : 'lost'),
    ACCEPT_TIMEOUT_MS,
  );
  if (turn.id !== null) return;
  const lost = settled === 'lost';
  if (lost)
    await place.change.until(() => (place.view.phase === 'recovering' ? null : true), RECOVERY_TIMEOUT_MS);
  const last = await place.lastTurn();
  if (last && isTurnOf(last, prompt, began)) {
    place.logger.warn({ turn: last.id }, 'the prompt was found in the thread only');
    if (!lost) return turn.recall(last, performance.now());
    turn.accept(last.id, performance.now());
    return turn.lost('', performance.now());
  }
  if (!lost) await place.clear();
  throw unconfirmed('Codex did not confirm the prompt.');
}

/** The history has whole seconds only; an older turn with the same words must not be taken for this one. */
function isTurnOf(turn: Turn, prompt: string, began: number): boolean {
  const recent = (turn.startedAt ?? 0) * 1_000 >= began - 2_000;
  return recent && turn.items.some((item) => userText(item)?.trim() === prompt);
}

function unconfirmed(message: string): VoiceError {
  return new VoiceError(
    'prompt-unconfirmed',
    message,
    'Run `codex-voice attach` to see what the terminal shows, then say it again.',
  );
}

function errorOf(decision: Exclude<GateDecision, { kind: 'open' }>): VoiceError {
  return new VoiceError(decision.error.code, decision.error.message, decision.error.hint);
}
