import type { PendingRequest } from './codex/codex.ts';
import type { ErrorCode, ErrorReport } from './errors.ts';
import { plainText } from './plain-text.ts';
import type { ReviewView } from './reply/review-bubbles.ts';
import { shorten, shortenLines } from './shorten.ts';
import type { ProjectRule } from './utterance.ts';

/**
 * Every sentence a person reads on the desktop (notifications, status line, tray, voice), and how much of a text fits
 * into a notification. Most servers show about
 * ten lines and say nothing about what they leave out.
 */
const most = {
  question: 70,
  answer: 420,
  lines: 10,
  full: 4_000,
  request: 3_400,
  reason: 300,
  button: 40,
  doing: 60,
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

/** One line from text that may have several. */
function line(text: string, max: number): string {
  return shorten(plainText(text).replace(/\s+/g, ' '), max);
}

/** The project stands before what its bubble is about. */
export function titled(project: string, text: string, max: number): string {
  return project === '' ? line(text, max) : `${line(project, 30)} · ${line(text, max)}`;
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

/** Which prompt it is, then why nobody knows. */
export function uncertain(question: string, error: ErrorReport | null): string {
  return `${excerpt(question).text}\n${failure(error)}`;
}

/** Where the server has no buttons. */
export function againWithout(id: string): string {
  return `To send it: codex-voice queue send ${id.slice(0, 8)}; else: codex-voice queue drop ${id.slice(0, 8)}`;
}

export function failedTitle(project: string): string {
  return titled(project, 'no answer', most.question);
}

export function requestTitle(project: string, title: string): string {
  return titled(project, title, most.question);
}

/** What fits of a text, and whether that is all of it. */
export function excerpt(text: string): { text: string; whole: boolean } {
  const all = plainText(text);
  const shown = shorten(shortenLines(all, most.lines), most.answer);
  return { text: shown, whole: shown === all };
}

/** What Codex does, as one short phrase without a full stop. */
export const doing = {
  thinking: 'thinking',
  writing: 'writing',
  agents: 'working with helpers',
  compacting: 'summing up the conversation to make room',
  running: (command: string) => `running ${line(command, most.doing)}`,
  editing: (names: readonly string[]) => `editing ${several(names, 'file')}`,
  reading: (names: readonly string[]) => `reading ${several(names, 'file')}`,
  listing: (path: string) =>
    path === '' ? 'looking at the files' : `looking into ${line(path, most.doing)}`,
  searching: (query: string, path: string) =>
    `searching${query && ` for ${line(query, most.doing)}`}${path && ` in ${line(path, most.doing)}`}`,
  searchingWeb: (query: string) => `searching the web${query && ` for ${line(query, most.doing)}`}`,
  tool: (tool: string, server: string) =>
    `using ${line(tool || 'a tool', most.doing)}${server && ` of ${line(server, most.doing)}`}`,
};

/** The name of the only one, else how many there are. */
function several(names: readonly string[], what: string): string {
  const [first, ...others] = new Set(names);
  if (first === undefined) return `${what}s`;
  return others.length === 0 ? line(first, most.doing) : `${others.length + 1} ${what}s`;
}

export const noWords = 'Done. Codex had nothing to say.';

export const interrupted = { before: 'Stopped before there was an answer.', here: 'Stopped here.' };

export const restInHistory = 'The rest: codex-voice history';

/** Why a key that is pressed does nothing. */
export const paused = { title: 'codex-voice is paused', body: 'To be heard again: codex-voice unpause' };

export const cannotOpen = 'This text could not be opened. It is in: codex-voice history';

export function queuedBehind(ahead: number): string {
  return `Waits behind ${ahead === 1 ? 'one other' : `${ahead} others`}.`;
}

/** In the field for a reply. */
export const replyHint = 'Reply to Codex…';

export const speakNow = 'Speak now.';

export const copied = 'Copied.';

export const notCopied = 'This could not be copied. It is in: codex-voice history';

export function failure(error: ErrorReport | null): string {
  return error ? `${error.message}\n${error.hint}` : 'Something went wrong.\nThe log has the details.';
}

/** What fits of what a request is about; `all`: as far as a notification server can be expected to take it. */
export function requestDetail(detail: string, all: boolean): { text: string; whole: boolean } {
  const whole = plainText(detail);
  const shown = all ? shorten(whole, most.request) : excerpt(detail).text;
  if (shown === whole) return { text: whole, whole: true };
  const hidden = whole.split('\n').length - shown.split('\n').length;
  // An ellipsis at the end of a line is easily overlooked.
  const rest = hidden > 0 ? `\n… and ${hidden} more ${hidden === 1 ? 'line' : 'lines'}` : '';
  return { text: shown + rest, whole: false };
}

/** What a person decides about; dangers first, since servers cut the end off. @param detail what is shown of it */
export function request({ reason, folder, dangers }: PendingRequest, detail: string): string {
  return [
    dangers.length > 0 && `Careful: ${dangers.join(', ')}.`,
    detail,
    folder && `in ${line(folder, 80)}`,
    reason && `“${line(reason, most.reason)}”`,
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
  if (first) return `To answer: codex-voice answer ${id} TEXT`;
  const also = decisions.includes('deny') ? `, or deny ${id}` : '';
  return decisions.includes('approve')
    ? `To decide: codex-voice approve ${id}${also}`
    : 'To decide: codex-voice attach';
}

/** The label of an option, as a button. */
export function option(label: string): string {
  return line(label, most.button);
}

export const restInTerminal = 'The rest: Open, or codex-voice status';

export const notDecided = 'Nothing was decided';
export const staleRequest = 'This request waits no more. It was answered elsewhere, or Codex took it back.';

export const decided = { approve: 'approved', deny: 'denied' };

export const spokenRefused = {
  several: 'Several requests wait: decide with the buttons, or codex-voice approve ID.',
  unread: 'It had not been read out whole when you spoke. It is read out again now.',
  unreadable: 'It cannot be read out whole: decide with the buttons, or codex-voice approve.',
  unfit: 'It does not take such an answer: look at the notification.',
  both: 'The settings have this phrase both among approve and among deny.',
  dangerous: (dangers: readonly string[]) => `It ${dangers.join(', ')}: that is not decided by voice.`,
};

/** The part of the program that is in trouble, by the first word of the code. */
const parts: Record<string, string> = {
  hotkey: 'The hotkey does not work',
  display: 'The hotkey does not work',
  microphone: 'The microphone does not work',
  audio: 'This recording cannot be used',
  detector: 'Speech cannot be detected',
  model: 'Speech cannot be recognised',
  engine: 'Speech cannot be recognised',
  codex: 'Codex is not ready',
  directory: 'Codex is not ready',
  prompt: 'Codex did not get that',
  approval: 'Codex waits for you',
  turn: 'Codex could not answer',
  config: 'The settings have an error',
  not: 'The settings have an error',
  state: 'Nothing can be saved',
  journal: 'Nothing can be saved',
  update: 'The update did not work',
  voice: 'Requests cannot be read aloud',
  disk: 'The disk is full',
};

export function troubleTitle(code: ErrorCode): string {
  return parts[code.split('-', 1)[0] ?? ''] ?? 'codex-voice has a problem';
}

/** Time to read a text at leisure, 8 to 30 s (about 17 characters a second), in ms. */
export function readingTime(text: string): number {
  return Math.min(30_000, Math.max(8_000, 4_000 + 60 * text.length));
}

/** Parts whose state says no more than that they failed. */
export const partFailed: Record<'transcriber' | 'microphone', ErrorReport> = {
  transcriber: {
    code: 'engine-failed',
    message: 'Speech cannot be recognised.',
    hint: 'codex-voice doctor says why.',
  },
  microphone: {
    code: 'microphone-failed',
    message: 'The microphone did not work.',
    hint: 'codex-voice doctor says why.',
  },
};

/** The first lines of a settings file that a person opens before there was one. */
export const newSettings = `# Settings of codex-voice. Every key has a default: codex-voice config print
# shows them all, and a change is taken over at once. Errors: codex-voice config check
`;

/** What fits into a line of a menu, UTF-16 units, and how many lines of a request do. */
const menu = { line: 60, lines: 4 };

/** What the tray says. */
export const tray = {
  listen: (key: string | null) => (key === null ? 'Listen' : `Listen (${key})`),
  finish: 'Stop listening and send',
  cancel: 'Cancel',
  pause: 'Pause',
  unpause: 'Resume listening',
  interrupt: 'Stop Codex',
  terminal: 'Open terminal',
  focused: 'That of the focused window',
  answers: 'Last answers',
  settings: 'Settings file',
  quit: 'Quit',
  approve: 'Approve',
  deny: 'Deny',
  screen: 'Open the screen',
  failed: 'That did not work',
  project: (name: string) => `Project: ${line(name, menu.line)}`,
  /** A name or a prompt as an entry. */
  label: (text: string) => line(text, menu.line) || '…',
  state(icon: string, about: { stage: string; key: string | null; project: string }): string {
    const { stage, key, project } = about;
    if (icon === 'listening') return 'Listening';
    if (icon === 'asks') return 'Codex waits for you';
    if (stage === 'paused') return 'Paused: nothing is heard';
    if (icon === 'error') return 'Something is wrong';
    if (stage === 'finishing') return 'Transcribing';
    if (icon === 'working') return `Codex works in ${project}`;
    return key === null ? 'Ready' : `Ready: ${key} to speak`;
  },
  trouble: ({ message, hint }: ErrorReport) => [message, hint].flatMap((text) => wrapped(text)),
  /** `whole`: all that is decided about is in the lines. */
  request({ title, detail, folder, dangers, project }: PendingRequest & { project: string }) {
    const shown = plainText(detail).split('\n');
    const about = folder === null ? shown : [...shown, `in ${plainText(folder)}`];
    const whole = about.length <= menu.lines && about.every((text) => text.length <= menu.line);
    const lines = [
      titled(project, title, menu.line),
      ...(dangers.length > 0 ? wrapped(`Careful: ${dangers.join(', ')}`) : []),
      ...about.slice(0, menu.lines).map((text) => line(text, menu.line)),
      ...(whole ? [] : ['… and more: look at it in the terminal']),
    ];
    return { lines, whole };
  },
};

/** Lines of a menu, at words; no more than a person reads there. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of plainText(text).split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < menu.line)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(shorten(word, menu.line));
  }
  return lines.slice(0, menu.lines);
}

/** Of a prompt that is shown before it is sent. */
export const reviewButtons = { send: 'Send', edit: 'Edit', cancel: 'Cancel', reply: 'Send this instead' };

/** How long what was cancelled can be taken back with its bubble, ms; the history has it for longer. */
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
  return titled(project, 'not sent', most.question);
}

export function notSentWithout(id: string): string {
  return `To send it after all: codex-voice queue send ${id.slice(0, 8)}`;
}

export const reviewFailed = 'That did not work';
