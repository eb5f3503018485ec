import type { SessionNotice } from '../agent/session.ts';
import type { ErrorReport } from '../errors.ts';
import type { Notice } from '../facts.ts';

/** Result of an update. */
interface UpdateOutcome {
  version: string;
  result: 'installed' | 'undone';
  reason: string;
}

/** Why a key that is pressed does nothing. */
export const paused = { title: 'codex-voice is paused', body: 'To resume: codex-voice unpause' };

/** Reports for parts whose state only says that they failed. */
export const partFailed: Record<'transcriber' | 'microphone', ErrorReport> = {
  transcriber: {
    code: 'engine-failed',
    message: 'Speech cannot be recognised.',
    hint: 'Run `codex-voice doctor` to see why.',
  },
  microphone: {
    code: 'microphone-failed',
    message: 'The microphone did not work.',
    hint: 'Run `codex-voice doctor` to see why.',
  },
};

type Told = Pick<SessionNotice, 'message' | 'hint'>;

/** Notices about a conversation that continues. */
export const conversation = {
  nearlyFull: (percent: number): Told => ({
    message: `${percent} % of the context of the model is used. Codex will soon compact the conversation.`,
    hint: 'For another topic, start a new conversation: codex-voice new.',
  }),
  compacted: {
    message: 'Codex has compacted the conversation and continues with a summary.',
    hint: '',
  },
  /** @param more when it ends, or why; '' when that is unknown */
  limitReached: (more: string): Told => ({
    message: `You have reached the usage limit of your plan.${more && ` ${more}`}`,
    hint: 'Prompts fail until then; they stay in codex-voice history.',
  }),
  signedOut: {
    message: 'Codex is no longer signed in.',
    hint: 'Run `codex login`, then say it again.',
  },
  disconnected: (why: string): Told => triedAgain('The connection to the model was lost', why),
  unwell: (why: string): Told => triedAgain('The model returned an error', why),
  recovered: { message: 'Codex is answering again.', hint: '' },
};

function triedAgain(what: string, why: string): Told {
  return { message: `${what}. Codex is retrying. (${why})`, hint: '' };
}

/** When a limit ends. @param seconds since 1970 */
export function limitReset(seconds: number): string {
  const date = new Date(seconds * 1_000);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const today = date.toDateString() === new Date().toDateString();
  return `It resets ${today ? `at ${time}` : `on ${date.toLocaleDateString()} at ${time}`}.`;
}

export const update = {
  /** @param about the version that runs, the newest, and the command that installs it */
  available: ({ current, latest, command }: Record<'current' | 'latest' | 'command', string>): Notice => ({
    title: `codex-voice ${latest} is available`,
    body: `You have ${current}. To install it:\n${command}`,
  }),
  /** @param runs the version that runs */
  outcome: ({ version, result, reason }: UpdateOutcome, runs: string): Notice =>
    result === 'installed'
      ? { title: `codex-voice was updated to ${version}`, body: 'The update was installed automatically.' }
      : {
          title: `The update to codex-voice ${version} failed`,
          body: `${reason}\n${runs} is running again.`,
        },
};

/** The outcome of a prompt that was not heard to its end or not answered completely. */
export const fate = {
  /** @param audio file with the received part; null: none */
  unheard: (audio: string | null): ErrorReport => ({
    code: 'daemon-failed',
    message: 'codex-voice ended while you were speaking.',
    hint: audio === null ? 'Say it again.' : `The recording so far is kept: codex-voice ask --audio ${audio}`,
  }),
  /** The daemon ended in good order while Codex was answering. */
  stopped: {
    code: 'daemon-failed',
    message: 'codex-voice stopped before the answer was complete.',
    hint: 'The prompt is in the conversation; ask again, or open it with codex-voice attach.',
  } satisfies ErrorReport,
  /** Codex had the prompt, but the end of its answer is unknown. */
  cutOff: (id: string): ErrorReport => ({
    code: 'codex-down',
    message: 'Codex or codex-voice ended before the answer was complete.',
    hint: `The prompt is in the conversation; \`codex-voice queue send ${shortId(id)}\` sends it again.`,
  }),
  /** Codex had the prompt, but died before it wrote it down; the model may have been asked. */
  forgotten: (id: string): ErrorReport => ({
    code: 'codex-down',
    message: 'Codex ended right after it received the prompt, and its conversation does not have it.',
    hint: `\`codex-voice queue send ${shortId(id)}\` sends it again.`,
  }),
  /** Only the user can know whether it was sent. */
  uncertain: (reason: ErrorReport): ErrorReport => ({
    code: 'prompt-uncertain',
    message: `It is not known whether Codex received this prompt: ${reason.message}`,
    hint: 'Check the conversation (codex-voice attach), then send it again or drop it (codex-voice queue).',
  }),
};

/** As much of an id as is shown, and as is enough to name it. */
function shortId(id: string): string {
  return id.slice(0, 8);
}
