import { type ErrorReport, messageOf, reportOf, VoiceError } from '../errors.ts';

/**
 * Reports why there is no connection to what gives the keys; one that broke is `display-lost`.
 * @param source what the connection is to
 * @param again what happens to the key when it is back
 */
export function lostReport(reason: unknown, source: string, again: string): ErrorReport {
  if (reason instanceof VoiceError) return reportOf(reason);
  return {
    code: 'display-lost',
    message: `The connection to ${source} was lost: ${messageOf(reason)}.`,
    hint: `${again} \`codex-voice toggle\` works meanwhile.`,
  };
}
