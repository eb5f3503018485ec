import type { Action, Perform } from '../../actions.ts';
import type { ControlHandlers } from '../../control/server.ts';

/** Handlers for answers to Codex's requests. */
export function requestHandlers(
  perform: Perform<'answer'>,
): Pick<ControlHandlers, 'approve' | 'deny' | 'answer'> {
  const decide = async (action: Omit<Extract<Action, { type: 'answer' }>, 'type'>) => {
    return { id: await perform({ type: 'answer', ...action }, 'socket') };
  };
  return {
    approve: ({ id, hash, session }) =>
      decide({ request: id, hash, answer: { decision: session ? 'approve-session' : 'approve' } }),
    deny: ({ id, hash }) => decide({ request: id, hash, answer: { decision: 'deny' } }),
    answer: ({ id, hash, answers }) => decide({ request: id, hash, answer: { answers } }),
  };
}
