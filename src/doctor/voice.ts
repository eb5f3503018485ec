import { findVoice, NO_VOICE } from '../sounds/voice.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/** Finds the program that reads aloud, if it is needed, without reading anything. */
export async function checkVoice({ settings, env, logger }: CheckContext): Promise<Finding> {
  const { approvals, reply } = settings;
  if (!approvals.spoken && !reply.speak) return ok('off ([approvals] spoken = false, [reply] speak = false)');
  const voice = await findVoice(env, logger);
  return voice === null ? warning(NO_VOICE) : ok(`${voice.program} reads aloud`);
}
