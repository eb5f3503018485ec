import type { SessionNotice } from '../agent/session.ts';
import type { ErrorReport } from '../errors.ts';
import type { Notice } from '../facts.ts';
import type { Memory } from '../update/memory.ts';

/** Why a key that is pressed does nothing. */
export const paused = { title: 'codex-voice is paused', body: 'To be heard again: codex-voice unpause' };

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

type Told = Pick<SessionNotice, 'message' | 'hint'>;

/** What a person should know of a conversation that goes on. */
export const conversation = {
  nearlyFull: (percent: number): Told => ({
    message: `${percent} % of what the model can keep in mind is used; Codex will soon shorten the conversation.`,
    hint: 'For another topic begin a new one: codex-voice new.',
  }),
  compacted: {
    message: 'Codex has shortened the conversation; it goes on with a summary of it.',
    hint: '',
  },
  /** @param more when it ends, or why; '' when nobody says so */
  limitReached: (more: string): Told => ({
    message: `The usage limit of your plan is reached.${more && ` ${more}`}`,
    hint: 'What you say until then is answered with this reason; it stays in codex-voice history.',
  }),
  signedOut: {
    message: 'Codex is not signed in any more.',
    hint: 'Run `codex login`; then say it again.',
  },
  disconnected: (why: string): Told => triedAgain('The connection to the model is broken', why),
  unwell: (why: string): Told => triedAgain('The model does not answer as it should', why),
  recovered: { message: 'Codex answers again.', hint: '' },
};

function triedAgain(what: string, why: string): Told {
  return { message: `${what}; Codex tries again. (${why})`, hint: '' };
}

/** When a limit ends. @param seconds since 1970 */
export function limitReset(seconds: number): string {
  const date = new Date(seconds * 1_000);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const today = date.toDateString() === new Date().toDateString();
  return `It is reset ${today ? `at ${time}` : `on ${date.toLocaleDateString()} at ${time}`}.`;
}

export const update = {
  /** @param about the version that runs, the newest, and the command that installs it */
  available: ({ current, latest, command }: Record<'current' | 'latest' | 'command', string>): Notice => ({
    title: `codex-voice ${latest} is out`,
    body: `You have ${current}. To install it:\n${command}`,
  }),
  /** @param runs the version that runs */
  outcome: ({ version, result, reason }: NonNullable<Memory['outcome']>, runs: string): Notice =>
    result === 'installed'
      ? { title: `codex-voice is ${version} now`, body: 'It has updated itself.' }
      : { title: `codex-voice ${version} did not work`, body: `${reason}\n${runs} is in force.` },
};

/** What became of a prompt that was not heard to its end, or whose answer nobody saw whole. */
export const fate = {
  /** @param audio what came through of it, a file; null: nothing */
  unheard: (audio: string | null): ErrorReport => ({
    code: 'daemon-failed',
    message: 'codex-voice ended while you were speaking.',
    hint: audio === null ? 'Say it again.' : `What came through is kept: codex-voice ask --audio ${audio}`,
  }),
  /** The daemon ended in good order while Codex was answering. */
  stopped: {
    code: 'daemon-failed',
    message: 'codex-voice was stopped before the answer was whole.',
    hint: 'The prompt is in the conversation; ask again, or open it with codex-voice attach.',
  } satisfies ErrorReport,
  /** Codex had the prompt, and nobody was there for the end of its answer. */
  cutOff: (id: string): ErrorReport => ({
    code: 'codex-down',
    message: 'Codex or codex-voice ended before the answer was whole.',
    hint: `The prompt is in the conversation; \`codex-voice queue send ${shortId(id)}\` sends it again.`,
  }),
  /** Codex had the prompt, but died before it wrote it down; the model may have been asked. */
  forgotten: (id: string): ErrorReport => ({
    code: 'codex-down',
    message: 'Codex ended as soon as it had the prompt; its conversation does not have it.',
    hint: `\`codex-voice queue send ${shortId(id)}\` sends it again.`,
  }),
  /** Only the person can know whether it was sent. */
  uncertain: (reason: ErrorReport): ErrorReport => ({
    code: 'prompt-uncertain',
    message: `It is not known whether Codex got this prompt: ${reason.message}`,
    hint: 'Look at the conversation (codex-voice attach), then send it again or drop it (codex-voice queue).',
  }),
};

/** As much of an id as is shown, and as is enough to name it. */
function shortId(id: string): string {
  return id.slice(0, 8);
}
