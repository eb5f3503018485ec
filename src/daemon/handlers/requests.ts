import type { Answer, PendingRequest } from '../../codex/codex.ts';
import type { ControlHandlers } from '../../control/server.ts';
import { VoiceError } from '../../errors.ts';
import type { HandledDaemon } from '../handled-daemon.ts';
import { answerRequest } from '../reply-actions.ts';

type RequestHandlers = Pick<ControlHandlers, 'approve' | 'deny' | 'answer'>;

/** Answers to what Codex asks. */
export function requestHandlers(daemon: HandledDaemon): RequestHandlers {
  const decide = async (id: string | undefined, hash: string | undefined, answer: Answer) => {
    const request = requestOf(daemon.parts.projects.pending, id);
    await answerRequest(daemon.parts, request.id, hash ?? request.hash, answer);
    return { id: request.id };
  };
  return {
    approve: ({ id, hash, session }) =>
      decide(id, hash, { decision: session ? 'approve-session' : 'approve' }),
    deny: ({ id, hash }) => decide(id, hash, { decision: 'deny' }),
    answer: ({ id, hash, answers }) => decide(id, hash, { answers }),
  };
}

/** The one with this id, or the only one. @throws VoiceError request-gone, usage */
function requestOf(pending: readonly PendingRequest[], id: string | undefined): PendingRequest {
  const found = id === undefined ? pending : pending.filter((request) => request.id === id);
  const [request] = found;
  if (!request)
    throw new VoiceError('request-gone', 'Codex asks for nothing like that.', 'Run `codex-voice status`.');
  if (found.length === 1) return request;
  const ids = found.map((each) => each.id).join(', ');
  throw new VoiceError('usage', `Several requests wait: ${ids}.`, 'Name the one that is meant.');
}
