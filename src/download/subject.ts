import { type ErrorCode, VoiceError } from '../errors.ts';

/** The kind of file that is downloaded. Errors have separate codes and hints for each. */
export type Subject = 'update' | 'model';

interface Words {
  unreachable: ErrorCode;
  damaged: ErrorCode;
  /** The document with its size and hash. */
  pinnedBy: string;
  /** What stays unchanged when the disk is full. */
  untouched: string;
}

const WORDS: Record<Subject, Words> = {
  update: {
    unreachable: 'update-unreachable',
    damaged: 'update-damaged',
    pinnedBy: 'its release says',
    untouched: 'the program that is installed has not been touched',
  },
  model: {
    unreachable: 'model-unreachable',
    damaged: 'model-corrupt',
    pinnedBy: 'is expected',
    untouched: 'the model that is in use has not been touched',
  },
};

/** The error for a file that cannot be had. */
export function unreachable(subject: Subject, url: string, reason: string, cause?: unknown): VoiceError {
  return new VoiceError(
    WORDS[subject].unreachable,
    `${url} could not be downloaded: ${reason}.`,
    'Try again later. Check the network, the clock and, behind a proxy, HTTPS_PROXY.',
    { cause },
  );
}

export function tooLong(subject: Subject, url: string, size: number): VoiceError {
  return refused(subject, `${url} is longer than the ${size} bytes that ${WORDS[subject].pinnedBy}`);
}

export function damaged(subject: Subject, url: string): VoiceError {
  const { pinnedBy } = WORDS[subject];
  return refused(subject, `${url} is not the file that ${pinnedBy}: the SHA-256 does not match`);
}

function refused(subject: Subject, what: string): VoiceError {
  const hint = 'Nothing was changed. Try again later, or over another network.';
  return new VoiceError(WORDS[subject].damaged, `${what}.`, hint);
}

/** @param missing bytes, as far as known */
export function diskFull(subject: Subject, folder: string, missing?: number, cause?: unknown): VoiceError {
  const room = missing === undefined ? 'room' : `${Math.ceil(missing / 1e6)} MB`;
  return new VoiceError(
    'disk-full',
    `The disk of ${folder} has too little space for the ${subject}.`,
    `Free ${room} there and try again; ${WORDS[subject].untouched}.`,
    { cause },
  );
}
