/** The parts of the program, each with the title of a notification that reports trouble with it. */
export const PARTS = {
  hotkey: 'The hotkey does not work',
  microphone: 'The microphone does not work',
  recording: 'This recording cannot be used',
  speech: 'Speech cannot be detected',
  transcription: 'Speech cannot be recognised',
  codex: 'Codex is not ready',
  prompt: 'Codex did not get that',
  request: 'Codex waits for you',
  turn: 'Codex could not answer',
  voice: 'Requests cannot be read aloud',
  settings: 'The settings have an error',
  storage: 'Nothing can be saved',
  disk: 'The disk is full',
  update: 'The update failed',
  program: 'codex-voice has a problem',
} as const;

interface ErrorEntry {
  part: keyof typeof PARTS;
  /** What the code means, as docs/errors.md explains it. */
  meaning: string;
  /** Exit status of a command that fails with it; default 1. */
  exit?: 2 | 3;
}

/**
 * Every error that a user can act on, by its stable code. The commands, notifications, `doctor` and the control protocol
 * all show the same code, message and hint.
 */
export const ERRORS = {
  'hotkey-invalid': { part: 'hotkey', meaning: 'A key combination in the settings is not valid.' },
  'hotkey-taken': { part: 'hotkey', meaning: 'Another program has grabbed the key.' },
  'hotkey-unavailable': { part: 'hotkey', meaning: 'No global hotkey is possible in this session.' },
  'bindings-failed': {
    part: 'hotkey',
    meaning: 'The file of the compositor could not be changed by `codex-voice keys`.',
  },
  'display-lost': { part: 'hotkey', meaning: 'The X server does not answer. The connection is retried.' },

  'microphone-missing': { part: 'microphone', meaning: 'No program or server here can record.' },
  'microphone-silent': {
    part: 'microphone',
    meaning: 'The microphone delivers no sound, for example because it is muted.',
  },
  'microphone-failed': { part: 'microphone', meaning: 'The recording could not be started or broke off.' },
  'audio-invalid': { part: 'recording', meaning: 'A sound file cannot be read.' },

  'detector-failed': {
    part: 'speech',
    meaning: 'The speech detector or the end-of-turn detector cannot start.',
  },

  'model-missing': { part: 'transcription', meaning: 'The speech model does not exist or cannot be read.' },
  'model-corrupt': { part: 'transcription', meaning: 'The checksum of a speech model does not match.' },
  'model-unreachable': { part: 'transcription', meaning: 'A speech model could not be downloaded.' },
  'model-busy': { part: 'transcription', meaning: 'The model is already being downloaded.' },
  'engine-failed': {
    part: 'transcription',
    meaning: 'The speech engine or the transcription server failed.',
  },
  'speech-unclear': {
    part: 'transcription',
    meaning: 'The engine is too unsure of the text. Nothing was sent.',
  },
  'address-insecure': { part: 'program', meaning: 'The address of the transcription server is plain http.' },

  'codex-missing': { part: 'codex', meaning: 'The Codex CLI was not found.' },
  'codex-version': { part: 'codex', meaning: 'This Codex CLI is too old, or too new to be understood.' },
  'codex-signed-out': { part: 'codex', meaning: 'Codex is not signed in.' },
  'codex-blocked': { part: 'codex', meaning: 'The hidden terminal shows something else than its prompt.' },
  'codex-down': { part: 'codex', meaning: 'Codex could not start, or ended.' },
  'codex-busy': { part: 'codex', meaning: 'Codex is working, and this needs an idle conversation.' },
  'directory-missing': { part: 'codex', meaning: 'The folder of a project does not exist.' },
  'project-unknown': { part: 'program', meaning: 'No project has this name or alias.' },
  'prompt-empty': { part: 'prompt', meaning: 'The prompt has no text.' },
  'prompt-too-long': { part: 'prompt', meaning: 'The prompt is longer than Codex can be given.' },
  'prompt-unconfirmed': { part: 'prompt', meaning: 'The hidden terminal did not submit the prompt.' },
  'prompt-uncertain': { part: 'prompt', meaning: 'It is not known whether Codex received the prompt.' },
  'approval-pending': { part: 'request', meaning: 'Codex waits for your decision first.' },
  'request-gone': { part: 'program', meaning: 'The request has already been answered.' },
  'request-changed': { part: 'program', meaning: 'The request differs from the one that was shown.' },
  'request-unfit': { part: 'program', meaning: 'The answer does not fit the request.' },
  'turn-failed': { part: 'turn', meaning: 'Codex could not finish the answer.' },

  'notifications-unavailable': { part: 'program', meaning: 'No notification server can be used.' },
  'voice-missing': { part: 'voice', meaning: 'No program that reads text aloud was found.' },

  'config-invalid': { part: 'settings', meaning: 'config.toml has an error.' },
  'config-unreadable': { part: 'settings', meaning: 'config.toml cannot be read.' },
  'not-built': { part: 'program', meaning: 'This program has no such part for this machine.' },

  'cache-unusable': { part: 'program', meaning: 'The files inside the program cannot be extracted.' },
  'program-damaged': { part: 'program', meaning: 'The program file is damaged.' },

  'state-unwritable': { part: 'storage', meaning: 'A folder of the program cannot be written.' },
  'folder-unsafe': { part: 'program', meaning: 'Other users can enter a folder that must be private.' },
  'journal-failed': { part: 'storage', meaning: 'The journal cannot be read or written.' },
  'daemon-running': { part: 'program', meaning: 'A daemon is already running.' },
  'daemon-missing': { part: 'program', meaning: 'No daemon is running.', exit: 3 },
  'daemon-failed': { part: 'program', meaning: 'The daemon did not start, did not answer, or ended.' },
  'priority-refused': { part: 'program', meaning: 'The system does not let the program raise its priority.' },
  'service-unavailable': { part: 'program', meaning: 'This desktop has nothing that starts services.' },
  'service-missing': { part: 'program', meaning: 'The service is not installed.' },
  'service-failed': { part: 'program', meaning: 'The service manager reported an error.' },
  'client-unproven': {
    part: 'program',
    meaning: 'A client did not prove that it may use the control pipe (Windows).',
  },
  'daemon-unproven': {
    part: 'program',
    meaning: 'Another program answers in place of the daemon (Windows).',
  },
  'decision-refused': { part: 'program', meaning: 'This client may not decide or send anything.' },

  'update-unreachable': { part: 'update', meaning: 'The release host cannot be reached.' },
  'update-refused': {
    part: 'update',
    meaning: 'The release is not signed with the right key, or is older than one you have seen.',
  },
  'update-stale': { part: 'update', meaning: 'No newer release list has come for 90 days.' },
  'update-damaged': { part: 'update', meaning: 'The downloaded file differs from the published one.' },
  'update-managed': {
    part: 'update',
    meaning: 'A package manager has to update this program, or it is part of an app for macOS.',
  },
  'update-running': { part: 'update', meaning: 'Another update is in progress or was interrupted.' },
  'update-unwritable': { part: 'update', meaning: 'You may not write to the folder of the program.' },
  'update-unfit': { part: 'update', meaning: 'The new version does not work on this machine.' },
  'update-undone': {
    part: 'update',
    meaning: 'The new daemon did not start, so the old version is running again.',
  },
  'disk-full': { part: 'disk', meaning: 'There is not enough free space.' },

  'protocol-invalid': { part: 'program', meaning: 'A message on the control socket is malformed.' },
  'protocol-version': { part: 'program', meaning: 'The daemon and the client have incompatible versions.' },
  'protocol-too-large': {
    part: 'program',
    meaning: 'A message is too large, or a client sent too many requests.',
  },
  'not-found': { part: 'program', meaning: 'What the command names does not exist.' },
  usage: { part: 'program', meaning: 'The command line is wrong.', exit: 2 },
  internal: { part: 'program', meaning: 'An unexpected error. The log has the details.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** Title of a notification about this error. */
export function titleOf(code: ErrorCode): string {
  return PARTS[ERRORS[code].part];
}

/** Exit status of a command that fails with this error. */
export function exitStatusOf(code: ErrorCode): 1 | 2 | 3 {
  // A newer daemon may send a code that this program does not know.
  const entry: ErrorEntry | undefined = ERRORS[code];
  return entry?.exit ?? 1;
}

/** An error as it is stored in the journal and sent over the control socket and in `--json` output. */
export interface ErrorReport {
  code: ErrorCode;
  /** One sentence: what happened. */
  message: string;
  /** One sentence: what to do about it. */
  hint: string;
}

/** An error with a stable code and a hint that says what to do. */
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

/** Returns the message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns the report of a thrown value. Anything but a VoiceError is reported as `internal`. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof VoiceError) return { code: error.code, message: error.message, hint: error.hint };
  const hint = 'Run `codex-voice doctor`; the log has the details.';
  return { code: 'internal', message: messageOf(error), hint };
}

/** Turns a report into an error that can be thrown. */
export function errorOf({ code, message, hint }: ErrorReport): VoiceError {
  return new VoiceError(code, message, hint);
}
