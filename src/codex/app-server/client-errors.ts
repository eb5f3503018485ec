import { VoiceError } from '../../errors.ts';

const LOOK = 'Run `codex` in a terminal to see what is wrong. Then run `codex-voice doctor`.';

/** Codex refused a request. */
export class RequestError extends VoiceError {
  /** The JSON-RPC error code. */
  readonly rpcCode: number;

  constructor(method: string, rpcCode: number, message: string) {
    super('codex-down', `Codex refused ${method}: ${message}`, LOOK);
    this.name = 'RequestError';
    this.rpcCode = rpcCode;
  }
}

/** The connection to Codex ended before a request was answered, or did not exist. */
export class ConnectionLost extends VoiceError {
  /** The method of the request. */
  readonly method: string;

  /** @param lastWords of Codex; '' when unknown */
  constructor(method: string, lastWords = '') {
    super(
      'codex-down',
      `Codex ended before it answered ${method}${lastWords ? `: ${lastWords}` : '.'}`,
      LOOK,
    );
    this.name = 'ConnectionLost';
    this.method = method;
  }
}

/** Codex runs, but does not answer. */
export function notAnswered(method: string, timeoutMs: number): VoiceError {
  return new VoiceError(
    'codex-down',
    `Codex did not answer ${method} within ${Math.round(timeoutMs / 1_000)} seconds.`,
    LOOK,
  );
}

/** Codex's answer has a different form from the known versions'. */
export function unreadable(method: string, cause: unknown): VoiceError {
  return new VoiceError(
    'codex-version',
    `Codex answered ${method} in an unknown form.`,
    'Update codex-voice. `codex-voice doctor` shows the version of Codex that it was verified with.',
    { cause },
  );
}
