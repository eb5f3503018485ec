import { type ErrorReport, messageOf, VoiceError } from '../errors.ts';

export const DOWN: ErrorReport = {
  code: 'codex-down',
  message: 'Codex is not running.',
  hint: 'Run `codex-voice doctor` to see why.',
};

/** Says for the status that nothing can be typed, and why. */
export function untyped({ message, hint }: ErrorReport): string {
  return `prompts are sent through the app-server, because nothing can be typed: ${message} ${hint}`;
}

export function sessionClosed(): VoiceError {
  return new VoiceError('codex-down', 'The session is closed.', 'Start codex-voice again.');
}

/** Reports a conversation that Codex does not know. */
export function noConversation(thread: string, cause?: unknown): VoiceError {
  return new VoiceError(
    'not-found',
    `Codex has no conversation ${thread}.`,
    'Run `codex-voice sessions` to list the conversations.',
    { cause },
  );
}

/** Turns an error from elsewhere, such as the file system, into a VoiceError. */
export function startFailure(error: unknown): Error {
  if (error instanceof VoiceError) return error;
  const reason = messageOf(error);
  return new VoiceError(
    'codex-down',
    `Codex could not be started: ${reason}`,
    'Correct that, then say it again; `codex-voice doctor` checks Codex, and the log has the details.',
    { cause: error },
  );
}
