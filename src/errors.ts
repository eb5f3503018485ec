/**
 * Every failure a person can act on, by its stable code. The CLI, the notification, `doctor` and the control
 * protocol all show the same code, sentence and advice.
 */
export type ErrorCode =
  // hotkey
  | 'hotkey-invalid'
  | 'hotkey-taken'
  | 'hotkey-unavailable'
  | 'display-lost'
  // microphone
  | 'microphone-missing'
  | 'microphone-silent'
  | 'microphone-failed'
  | 'audio-invalid'
  // speech
  | 'detector-failed'
  // transcription, models
  | 'model-missing'
  | 'model-corrupt'
  | 'model-unreachable'
  | 'model-busy'
  | 'engine-failed'
  | 'speech-unclear'
  | 'address-insecure'
  // codex
  | 'codex-missing'
  | 'codex-version'
  | 'codex-signed-out'
  | 'codex-blocked'
  | 'codex-down'
  | 'codex-busy'
  | 'directory-missing'
  | 'project-unknown'
  | 'prompt-empty'
  | 'prompt-too-long'
  | 'prompt-unconfirmed'
  | 'prompt-uncertain'
  | 'approval-pending'
  | 'request-gone'
  | 'request-changed'
  | 'request-unfit'
  | 'turn-failed'
  // reply
  | 'notifications-unavailable'
  | 'voice-missing'
  // settings
  | 'config-invalid'
  | 'config-unreadable'
  | 'not-built'
  // the single file
  | 'cache-unusable'
  | 'program-damaged'
  // daemon, control
  | 'state-unwritable'
  | 'folder-unsafe'
  | 'journal-failed'
  | 'daemon-running'
  | 'daemon-missing'
  | 'daemon-failed'
  | 'priority-refused'
  | 'service-unavailable'
  | 'service-missing'
  | 'service-failed'
  | 'decision-refused'
  // update
  | 'update-unreachable'
  | 'update-refused'
  | 'update-stale'
  | 'update-damaged'
  | 'update-managed'
  | 'update-running'
  | 'update-unwritable'
  | 'update-unfit'
  | 'update-undone'
  | 'disk-full'
  // control protocol, and what fits nowhere else
  | 'protocol-invalid'
  | 'protocol-version'
  | 'protocol-too-large'
  | 'not-found'
  | 'usage'
  | 'internal';

/** An error as it travels: in the journal, over the control socket, in `--json` output. */
export interface ErrorReport {
  code: ErrorCode;
  /** One sentence: what happened. */
  message: string;
  /** One sentence: what to do about it. */
  hint: string;
}

/** An error with a stable code and a sentence saying what to do. */
export class VoiceError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VoiceError';
    this.code = code;
    this.hint = hint;
  }
}

/** The report of anything that was thrown; what is not ours is `internal`. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof VoiceError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: 'Run `codex-voice doctor`; the log has the details.' };
}

/** The error of a report: what was only told so far is thrown now. */
export function errorOf({ code, message, hint }: ErrorReport): VoiceError {
  return new VoiceError(code, message, hint);
}
