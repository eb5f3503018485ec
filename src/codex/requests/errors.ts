import { VoiceError } from '../../errors.ts';

/** Reports a request that was answered, or was never there. */
export function requestGone(): VoiceError {
  return new VoiceError(
    'request-gone',
    'This request waits no more.',
    'Nothing was decided: it was answered elsewhere, or Codex took it back.',
  );
}

/** Reports that something else was shown than what is asked. */
export function requestChanged(): VoiceError {
  return new VoiceError(
    'request-changed',
    'What Codex asks is not what was shown.',
    'Nothing was decided. Look at it again: `codex-voice status`.',
  );
}

export function requestUnfit(message: string, hint: string): VoiceError {
  return new VoiceError('request-unfit', message, hint);
}
