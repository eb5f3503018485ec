import { excerpt, titled } from '../messages.ts';
import type { ProjectRule } from '../utterance.ts';
import type { ReviewView } from './review-bubbles.ts';

/** Sentences about prompts that are shown before they are sent. */
export const reviewButtons = { send: 'Send', edit: 'Edit', cancel: 'Cancel', reply: 'Send this instead' };

/** How long what was cancelled can be taken back with its bubble, ms; the history has it for longer. */
export const undoTime = 6_000;

const most = { title: 70 };

/** @param rule why it goes to this project, where there was a choice */
export function reviewTitle(project: string, rule: ProjectRule | null, view: ReviewView): string {
  const why = rule === null || rule === 'default' ? '' : ` (${rule})`;
  return titled(project, `${becomes(view)}${why}`, most.title);
}

function becomes(view: ReviewView): string {
  switch (view.state) {
    case 'counting':
      return `sent in ${view.left} s`;
    case 'stopped':
      return 'waits while you speak';
    case 'confirmed':
      return 'sent after the one before';
  }
}

/** What would be sent. */
export function reviewBody(prompt: string): string {
  return excerpt(prompt).text;
}

/** Where the server has no buttons. */
export function reviewWithout(id: string): string {
  return `Not right? Press the cancel key, or: codex-voice review edit ${id.slice(0, 8)}`;
}

export function notSentTitle(project: string): string {
  return titled(project, 'not sent', most.title);
}

export function notSentWithout(id: string): string {
  return `To send it after all: codex-voice queue send ${id.slice(0, 8)}`;
}

export const reviewFailed = 'That did not work';
