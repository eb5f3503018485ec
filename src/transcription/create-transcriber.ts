import type { Logger } from 'pino';
import type { Settings } from '../settings/schema.ts';
import { apiKey } from './api-key.ts';
import { CachedTranscriber } from './cached.ts';
import { FallbackTranscriber } from './fallback.ts';
import { OpenAiTranscriber } from './openai-compatible.ts';
import { OPENAI_URL } from './request-address.ts';
import { guardedKey } from './server-address.ts';
import type { Transcriber } from './transcriber.ts';

/** A server that takes longer is slower than the model on most machines; ms. */
const SLOW_MS = 1_500;

/**
 * The engine of the settings: the one on this machine alone, or a server before it; with what was transcribed before
 * in front where that is wanted.
 * @param whisper the engine on this machine
 */
export function withServer(
  whisper: Transcriber,
  { transcription, performance }: Pick<Settings, 'transcription' | 'performance'>,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Transcriber {
  const { engine, url, model, language, key_file, allow_http, timeout_seconds } = transcription;
  const address = url || OPENAI_URL;
  const used =
    engine === 'whisper'
      ? whisper
      : new FallbackTranscriber({
          first: new OpenAiTranscriber({
            url: address,
            model,
            language,
            key: guardedKey(address, allow_http, () => apiKey(address, key_file, env)),
            timeoutMs: timeout_seconds * 1_000,
            logger,
          }),
          second: whisper,
          slowMs: SLOW_MS,
          logger,
        });
  return performance.cache_transcripts ? new CachedTranscriber(used) : used;
}
