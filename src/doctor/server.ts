import { reportOf } from '../errors.ts';
import { bundledRecording } from '../microphone/sample-recording.ts';
import { namesServer, proveServer } from '../transcription/server/prove-server.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/**
 * Lets the transcription server of the settings transcribe a second of speech. It is an error only if the server is in
 * use; if it is only named, it is a warning, so that a switch to it brings no surprise.
 */
export async function checkServer(
  { settings, env, logger }: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const { transcription } = settings;
  if (!namesServer(transcription)) return ok('not configured: speech is recognised on this machine');
  const speech = await bundledRecording(env);
  try {
    return ok(await proveServer(transcription, { env, speech, signal, logger }));
  } catch (error) {
    if (transcription.engine === 'openai') throw error;
    return warning(reportOf(error));
  }
}
