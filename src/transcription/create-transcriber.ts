import type { Logger } from 'pino';
import type { Settings } from '../settings/schema.ts';
import { CachedTranscriber } from './cached.ts';
import { FallbackTranscriber } from './fallback.ts';
import { guardedKey } from './server/address.ts';
import { apiKey } from './server/api-key.ts';
import { OpenAiTranscriber } from './server/openai-compatible.ts';
import { OPENAI_URL } from './server/request-address.ts';
import type { Transcriber } from './transcriber.ts';

/** A server that takes longer is slower than the model on most machines; ms. */
const SLOW_MS = 1_500;

/**
 * Returns the engine of the settings. A server has the engine on this machine behind it. With `cache_transcripts`, the same
 * sound is transcribed only once.
 * @param whisper the engine on this machine
 */
export function withServer(
  whisper: Transcriber,
  { transcription, performance }: Pick<Settings, 'transcription' | 'performance'>,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Transcriber {
  const chosen = chosenEngine(whisper, transcription, env, logger);
  return performance.cache_transcripts ? new CachedTranscriber(chosen) : chosen;
}

function chosenEngine(
  whisper: Transcriber,
  { engine, url, model, language, key_file, allow_http, timeout_seconds }: Settings['transcription'],
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Transcriber {
  switch (engine) {
    case 'whisper':
      return whisper;
    case 'openai': {
      const address = url || OPENAI_URL;
      const key = guardedKey(address, allow_http, () => apiKey(address, key_file, env));
      const timeoutMs = timeout_seconds * 1_000;
      const first = new OpenAiTranscriber({ url: address, model, language, key, timeoutMs, logger });
      return new FallbackTranscriber({ first, second: whisper, slowMs: SLOW_MS, logger });
    }
  }
}
