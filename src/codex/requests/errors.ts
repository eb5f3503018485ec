import { VoiceError } from '../../errors.ts';

/** The request has been answered, or never existed. */
export function requestGone(): VoiceError {
  return new VoiceError(
    'request-gone',
    'This request has already been answered.',
    'Nothing was decided. It was answered elsewhere, or Codex withdrew it.',
  );
}

/** The request differs from the one that was shown. */
export function requestChanged(): VoiceError {
  return new VoiceError(
    'request-changed',
    'The request differs from the one that was shown.',
    'Nothing was decided. Run `codex-voice status` to see it again.',
  );
}

export function requestUnfit(message: string, hint: string): VoiceError {
  return new VoiceError('request-unfit', message, hint);
}
