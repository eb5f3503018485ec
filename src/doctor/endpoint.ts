import { reportOf } from '../errors.ts';
import { bundledRecording } from '../microphone/sample-recording.ts';
import { EarHost } from '../transcription/ear/host.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/** Checks the end of utterances: asks the turn detector, if it is used, about the bundled recording. */
export async function checkEndpoint(
  { settings, env, logger }: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const { adaptive_endpoint, endpoint_ms } = settings.speech;
  if (!adaptive_endpoint) return ok(`always after ${endpoint_ms} ms of silence`);
  const turn = new EarHost({ logger }).turnDetector;
  const close = (): void => void turn.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await turn.ready();
    const started = performance.now();
    const finished = await turn.finished(await bundledRecording(env));
    const ms = Math.round(performance.now() - started);
    const percent = Math.round(100 * (finished ?? 0));
    return ok(`smart-turn: ${percent} % sure that the bundled recording is finished, in ${ms} ms`);
  } catch (error) {
    // Everything else works: after endpoint_ms of silence, an utterance ends.
    return warning(reportOf(error));
  } finally {
    signal.removeEventListener('abort', close);
    await turn.close();
  }
}
