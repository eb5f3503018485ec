import type { PendingRequest, Question } from '../agent/requests.ts';
import type { ErrorReport } from '../errors.ts';
import type { ReviewView } from '../facts.ts';
import { displayText, lineText } from '../text/clean.ts';
import { homePath, shorten, shortenLines } from '../text/shorten.ts';
import type { ProjectRule } from '../utterance.ts';

/** Lengths of texts in a notification. Most servers show about ten lines, and hide the rest without a mark. */
const most = {
  question: 70,
  answer: 420,
  lines: 10,
  full: 4_000,
  request: 3_400,
  reason: 300,
  button: 40,
};

export const buttons = {
  full: 'Full answer',
  partial: 'Answer so far',
  text: 'Open as text',
  copy: 'Copy',
  respond: 'Reply',
  speak: 'Speak reply',
  interrupt: 'Interrupt',
  approve: 'Approve',
  approveSession: 'Approve for session',
  deny: 'Deny',
  terminal: 'Open',
  details: 'Show all',
  reply: 'Answer',
  again: 'Send again',
  drop: 'Drop',
};

/** The project stands before what its bubble is about. */
export function titled(project: string, text: string, max: number): string {
  return project === '' ? lineText(text, max) : `${lineText(project, 30)} · ${lineText(text, max)}`;
}

export function listeningTitle(project: string): string {
  return titled(project, 'listening', most.question);
}

/** @param rule why it goes to this project, where there was a choice */
export function heardTitle(project: string, rule: ProjectRule | null = null): string {
  const why = rule === null || rule === 'default' ? '' : ` (${rule})`;
  return titled(project, `heard${why}`, most.question);
}

/** The question stands above its answer. */
export function answerTitle(project: string, question: string): string {
  return titled(project, question || 'answer', most.question);
}

export function uncertainTitle(project: string): string {
  return titled(project, 'was it sent?', most.question);
}

/** The prompt, then why its outcome is unknown. */
export function uncertain(question: string, error: ErrorReport | null): string {
  return `${excerpt(question).text}\n${failure(error)}`;
}

/** For servers without buttons. */
export function againWithout(id: string): string {
  return `To send it: codex-voice queue send ${id.slice(0, 8)}; to drop it: codex-voice queue drop ${id.slice(0, 8)}`;
}

export function failedTitle(project: string): string {
  return titled(project, 'no answer', most.question);
}

export function requestTitle(project: string, title: string): string {
  return titled(project, title, most.question);
}

/** Shortens a text. `whole`: nothing was left out. */
function excerpt(text: string): { text: string; whole: boolean } {
  const all = displayText(text);
  const shown = shorten(shortenLines(all, most.lines), most.answer);
  return { text: shown, whole: shown === all };
}

export const noWords = 'Done. Codex returned no text.';

export const interrupted = { before: 'Stopped before the answer began.', here: 'Stopped here.' };

export const restInHistory = 'More: codex-voice history';

export const cannotOpen = 'The text could not be opened. Run codex-voice history to read it.';

export function queuedBehind(ahead: number): string {
  return `Queued behind ${ahead === 1 ? '1 other prompt' : `${ahead} other prompts`}.`;
}

/** In the field for a reply. */
export const replyHint = 'Reply to Codex…';

export const speakNow = 'Speak now.';

export const copied = 'Copied.';

export const notCopied = 'The text could not be copied. Run codex-voice history to read it.';

export function failure(error: ErrorReport | null): string {
  return error ? `${error.message}\n${error.hint}` : 'Something went wrong.\nThe log has the details.';
}

/** Shortens the subject of a request. @param all show as much as most servers accept */
export function requestDetail(detail: string, all: boolean): { text: string; whole: boolean } {
  const whole = displayText(detail);
  const shown = all ? shorten(whole, most.request) : excerpt(detail).text;
  if (shown === whole) return { text: whole, whole: true };
  const hidden = whole.split('\n').length - shown.split('\n').length;
  // An ellipsis at the end of a line is easily overlooked.
  const rest = hidden > 0 ? `\n… and ${hidden} more ${hidden === 1 ? 'line' : 'lines'}` : '';
  return { text: shown + rest, whole: false };
}

/**
 * The text of a request, with dangers first, because servers cut off the end. @param detail the shown part of its
 * subject
 */
export function request({ reason, folder, dangers }: PendingRequest, detail: string): string {
  return [
    dangers.length > 0 && `Careful: ${dangers.join(', ')}.`,
    detail,
    folder && `in ${lineText(homePath(folder), 80)}`,
    reason && `“${lineText(reason, most.reason)}”`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** How a request is decided without a button. A secret is not for a command line, which others can read. */
export function decideWithout({ id, decisions, questions }: PendingRequest): string {
  if (questions.some(({ secret }) => secret)) return 'To answer: codex-voice attach';
  const [first] = questions;
  if (first && questions.length > 1)
    return `To answer: codex-voice answer ${id} --question ${first.id}=TEXT ...`;
  if (first) return `To answer: codex-voice answer ${id} ${first.multiple ? 'ONE,OTHER' : 'TEXT'}`;
  const also = decisions.includes('deny') ? `, or deny ${id}` : '';
  return decisions.includes('approve')
    ? `To decide: codex-voice approve ${id}${also}`
    : 'To decide: codex-voice attach';
}

/**
 * Describes the answers that a question takes, beside its options: `(optional; a whole number, 1 to 5; otherwise 3)`;
 * '' for nothing.
 */
export function takesOf({ optional = false, rule = '', initial = [] }: Question): string {
  const parts = [optional && 'optional', rule, initial.length > 0 && `otherwise ${initial.join(', ')}`];
  const words = parts.filter(Boolean).join('; ');
  return words && `(${words})`;
}

/** The label of an option, as a button. */
export function option(label: string): string {
  return lineText(label, most.button);
}

export const restInTerminal = 'More: Open, or codex-voice status';

/** Titles of requests. */
export const asks = {
  command: 'Run a command?',
  input: 'Type into a running command?',
  network: 'Use the network?',
  change: 'Change files?',
  permissions: 'Grant permissions?',
  question: 'A question',
  approval: 'Codex asks for approval',
  unknown: 'Codex asks for something',
  elicitation: 'Codex needs an answer',
  server: (name: string) => `${name} asks`,
  trust: 'Trust this folder?',
};

/** @param folder as it is shown */
export function trustDetail(folder: string): string {
  return `${folder}\nCodex may then work in this folder, and follows the settings and instructions in it.`;
}

export const neverUsed = 'Codex has not worked in this folder before.';

export const notDecided = 'Nothing was decided';
export const staleRequest = 'This request has already been answered, or Codex withdrew it.';

export const decided = { approve: 'approved', deny: 'denied' };

export const spokenRefused = {
  several: 'Several requests are waiting. Use the buttons, or codex-voice approve ID.',
  unread: 'You spoke before the request was read to the end. It is read again now.',
  unreadable: 'The request cannot be read aloud completely. Use the buttons, or codex-voice approve.',
  unfit: 'The request does not accept this answer. Look at the notification.',
  both: 'The settings list this phrase under both approve and deny.',
  notListed:
    'Only commands that read, and those in [approvals] voice_commands, can be approved by voice. Use the buttons.',
  dangerous: (dangers: readonly string[]) => `It ${dangers.join(', ')}, so it cannot be decided by voice.`,
};

/** Time to read a text at leisure, 8 to 30 s (about 17 characters a second), in ms. */
export function readingTime(text: string): number {
  return Math.min(30_000, Math.max(8_000, 4_000 + 60 * text.length));
}

/** Of a prompt that is shown before it is sent. */
export const reviewButtons = { send: 'Send', edit: 'Edit', cancel: 'Cancel', reply: 'Send this instead' };

/** Time during which a cancelled prompt can be restored from its notification, ms; the history keeps it longer. */
export const undoTime = 6_000;

/** @param rule why it goes to this project, where there was a choice */
export function reviewTitle(project: string, rule: ProjectRule | null, view: ReviewView): string {
  const why = rule === null || rule === 'default' ? '' : ` (${rule})`;
  return titled(project, `${becomes(view)}${why}`, most.question);
}

function becomes(view: ReviewView): string {
  switch (view.state) {
    case 'counting':
      return `sent in ${view.left} s`;
    case 'stopped':
      return 'waits while you speak';
    case 'confirmed':
      return 'sent after the previous prompt';
  }
}

/** The text that will be sent. */
export function reviewBody(prompt: string): string {
  return excerpt(prompt).text;
}

/** For servers without buttons. */
export function reviewWithout(id: string): string {
  return `Not right? Press the cancel key, or: codex-voice review edit ${id.slice(0, 8)}`;
}

export function notSentTitle(project: string): string {
  return titled(project, 'not sent', most.question);
}

export function notSentWithout(id: string): string {
  return `To send it after all: codex-voice queue send ${id.slice(0, 8)}`;
}

export function correctedTitle(project: string): string {
  return titled(project, 'corrected', most.question);
}

export function correctedBody(from: string, to: string): string {
  return `“${lineText(to, most.reason)}” instead of “${lineText(from, most.reason)}”.`;
}

/** On a button. */
export function remember(word: string): string {
  return lineText(`Remember ${word}`, most.button);
}

export function remembered(word: string): string {
  return `“${lineText(word, most.reason)}” is now in your vocabulary.`;
}

export const reviewFailed = 'That did not work';

/** Shown by a check, and taken away at once. */
export const trial = { title: 'codex-voice doctor', body: 'Notifications work.' };

/** Said by voice: prompts go to this project from now on. */
export function projectNow(project: string): string {
  return `Now: ${project}`;
}
