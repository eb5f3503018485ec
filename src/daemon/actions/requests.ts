import type { Performers } from '../../actions.ts';
import type { AgentSession } from '../../agent/session.ts';
import { VoiceError } from '../../errors.ts';

/** The requests of all projects, and the sessions that take their answers. */
export interface AskingProjects {
  readonly pending: readonly { id: string; hash: string; project: string }[];
  running(project: string): Pick<AgentSession, 'answer'> | null;
}

/** Actions that answer Codex's requests. */
export function requestPerformers(projects: AskingProjects): Pick<Performers, 'answer'> {
  return {
    // Rejects with request-gone or usage; and with request-changed or request-unfit of the session.
    answer: async ({ request: id, hash, answer }) => {
      const request =
        id === undefined ? onlyOne(projects.pending) : projects.pending.find((each) => each.id === id);
      const session = request ? projects.running(request.project) : null;
      if (!request || !session) {
        throw new VoiceError(
          'request-gone',
          'This request has already been answered.',
          'Nothing was decided. It was answered elsewhere, or Codex withdrew it.',
        );
      }
      await session.answer(request.id, hash ?? request.hash, answer);
      return request.id;
    },
  };
}

/** @throws VoiceError request-gone, usage */
function onlyOne(pending: AskingProjects['pending']): AskingProjects['pending'][number] {
  const [request, ...others] = pending;
  if (!request) {
    throw new VoiceError('request-gone', 'Codex is not asking for anything.', 'Run `codex-voice status`.');
  }
  if (others.length === 0) return request;
  const ids = pending.map((each) => each.id).join(', ');
  throw new VoiceError('usage', `Several requests are waiting: ${ids}.`, 'Give the id of one of them.');
}
