import type { ControlClient } from '../../control/client.ts';
import type { Decision } from '../../control/shapes.ts';
import { type State, shownRequest } from '../state.ts';
import type { Store } from '../store.ts';

/**
 * For this time, ms, keys do not decide a new request, because they may be meant for the previous one. A user needs a third
 * of a second to notice a change, and half a second to stop.
 */
const LOOK_MS = 700;

/**
 * Decides the shown request, bound to its id and its hash. A dangerous one needs the same key twice.
 * @param before the state when the key was pressed
 * @throws VoiceError request-gone, request-changed, request-unfit
 */
export async function decide(
  store: Store,
  daemon: ControlClient,
  before: State,
  decision: Decision,
): Promise<void> {
  const request = shownRequest(before);
  if (!request) return;
  const now = Date.now();
  if (now - before.request.shownAt < LOOK_MS) {
    return store.dispatch({
      type: 'notice',
      text: 'It has just appeared: look at it, then press again.',
      look: 'warn',
      now,
    });
  }
  const { id, hash, dangers } = request;
  if (decision !== 'deny' && dangers.length > 0 && before.request.confirming !== decision) return;
  if (decision === 'deny') await daemon.request('deny', { id, hash });
  else await daemon.request('approve', { id, hash, session: decision === 'approve-session' });
  const done = { approve: 'Approved.', 'approve-session': 'Approved for this session.', deny: 'Denied.' };
  store.dispatch({ type: 'notice', text: done[decision], now: Date.now() });
}

/** Keeps the answer to one question, and sends all answers after the last one. @throws as `decide` */
export async function giveAnswer(
  store: Store,
  daemon: ControlClient,
  question: string,
  answer: readonly string[],
): Promise<void> {
  const request = shownRequest(store.state);
  if (!request?.questions.some(({ id }) => id === question)) return;
  store.dispatch({ type: 'answered', question, answer });
  const { answers } = store.state.request;
  if (request.questions.some(({ id }) => answers[id] === undefined)) return;
  const given = Object.entries(answers).filter(([, each]) => each.length > 0);
  const all = Object.fromEntries(given.map(([id, each]) => [id, [...each]]));
  try {
    await daemon.request('answer', { id: request.id, hash: request.hash, answers: all });
  } catch (error) {
    store.dispatch({ type: 'unanswered' });
    throw error;
  }
  store.dispatch({ type: 'notice', text: 'Answered.', now: Date.now() });
}
