import type { Answer, CodexSession } from '../codex/codex.ts';
import { VoiceError } from '../errors.ts';
import { windows } from '../messages/status.ts';
import { ownCommand } from '../platform/child.ts';
import { type OpenOptions, openTerminal } from '../reply/popup.ts';
import type { ReplyAction } from '../reply/reply-action.ts';
import type { Parts } from './parts.ts';
import type { PopupOptions } from './popups.ts';
import { dropQueued, sendAgain } from './queue-actions.ts';
import { typedPrompt } from './typed-prompt.ts';

/** Does what a person asked for with a button. @throws VoiceError request-gone, request-changed, not-found, ... */
export async function actOn(parts: Parts, action: ReplyAction, env: NodeJS.ProcessEnv): Promise<void> {
  switch (action.type) {
    case 'answer':
      return answerRequest(parts, action.request, action.hash, action.answer);
    case 'open':
      return openProject(parts, action.project, env);
    case 'reply':
      typedPrompt(parts, action.text, 'reply', { project: action.project, rule: 'asked' });
      return;
    case 'speak':
      parts.loop.dispatch({
        type: 'speak',
        at: performance.now(),
        to: { project: action.project, rule: 'asked' },
      });
      return;
    case 'interrupt':
      await parts.projects.running(action.project)?.interrupt();
      return;
    case 'send-again':
      return sendAgain(parts, action.utterance);
    case 'drop':
      return dropQueued(parts, action.utterance);
    case 'review-send':
      return parts.reviews.send(action.utterance, action.text);
    case 'review-edit':
      return parts.reviews.openEditor(action.utterance);
    case 'review-cancel':
      return parts.reviews.cancel(action.utterance);
  }
}

/** The requests of all projects, and who takes their answers. */
export interface AskingProjects {
  readonly pending: readonly { id: string; project: string }[];
  running(project: string): Pick<CodexSession, 'answer'> | null;
}

/** Answers a pending request of any project. @throws VoiceError request-gone, request-changed, request-unfit */
export async function answerRequest(
  { projects }: { projects: AskingProjects },
  id: string,
  hash: string,
  answer: Answer,
): Promise<void> {
  const request = projects.pending.find((each) => each.id === id);
  const session = request ? projects.running(request.project) : null;
  if (!session) {
    throw new VoiceError(
      'request-gone',
      'This request waits no more.',
      'Nothing was decided: it was answered elsewhere, or Codex took it back.',
    );
  }
  await session.answer(id, hash, answer);
}

/** The editor of a prompt that is shown before it is sent, in a window of its own. @throws VoiceError not-found */
export async function openReviewEditor(
  terminal: string,
  id: string,
  env: NodeJS.ProcessEnv,
  options: Pick<OpenOptions, 'ready' | 'logger'>,
): Promise<void> {
  const { command, args } = ownCommand(['review', 'edit', id]);
  const look = { title: windows.edit, class: 'codex-voice-edit', columns: 90, rows: 14 };
  await openTerminal(terminal, [command, ...args], env, { ...look, ...options });
}

/**
 * The hidden terminal of a project in a window of its own; the one that is open is raised.
 * @throws VoiceError not-found: no terminal, or it did not open
 */
export async function openProject(
  { popups }: Pick<Parts, 'popups'>,
  project: string,
  env: NodeJS.ProcessEnv,
  options: Omit<PopupOptions, 'env'> = {},
): Promise<void> {
  await popups.open(project, { ...options, env });
}
