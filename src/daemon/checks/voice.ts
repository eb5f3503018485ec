import { findVoice } from '../../reply/voice.ts';
import { NO_VOICE } from '../spoken-answers.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/** Is there a program that reads requests aloud, where they may be answered by voice? Nothing is said. */
export async function checkVoice({ settings, env, logger }: CheckContext): Promise<Finding> {
  if (!settings.approvals.spoken) return ok('off ([approvals] spoken = false)');
  const voice = await findVoice(env, logger);
  return voice === null ? warning(NO_VOICE) : ok(`requests are read aloud by ${voice.program}`);
}
