import type { Logger } from 'pino';
import { VoiceError } from '../../errors.ts';
import { SAMPLE_RATE } from '../../microphone/microphone.ts';
import type { Settings } from '../../settings/schema.ts';
import { guardedKey } from './address.ts';
import { apiKey } from './api-key.ts';
import { OpenAiTranscriber } from './openai-compatible.ts';
import { OPENAI_URL, requestAddresses, shownAddress } from './request-address.ts';

/** Speech that is sent as a proof: long enough for two words, ms. */
const PROOF_MS = 1_200;

interface ProveOptions {
  env: NodeJS.ProcessEnv;
  /** Recorded speech, 16 kHz mono; its first second is sent. */
  speech: Float32Array;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * Reports whether the settings name a transcription server. With `engine = "whisper"` one may be named for later; OpenAI,
 * the server that is meant by an empty url, is asked only when it is in use.
 */
export function namesServer({ engine, url, key_file }: Settings['transcription']): boolean {
  return engine === 'openai' || url !== '' || key_file !== '';
}

/**
 * Proves a transcription server as an utterance would use it: its key file and the file's mode, the address, the model,
 * and a second of speech that it turns into words.
 * @returns what was proved, in one line
 * @throws VoiceError config-invalid, engine-failed, address-insecure
 */
export async function proveServer(
  { engine, url, model, language, key_file, allow_http, timeout_seconds }: Settings['transcription'],
  { env, speech, signal, logger }: ProveOptions,
): Promise<string> {
  const address = url || OPENAI_URL;
  const key = await guardedKey(address, allow_http, () => apiKey(address, key_file, env))();
  if (engine === 'whisper' && url === '') return 'the key file is private and holds a key';
  const server = new OpenAiTranscriber({
    url: address,
    model,
    language,
    key: async () => key,
    timeoutMs: timeout_seconds * 1_000,
    logger,
  });
  try {
    const audio = speech.subarray(0, (PROOF_MS * SAMPLE_RATE) / 1_000);
    const { text, ms } = await server.transcribe(audio, { signal });
    if (!/[\p{L}\p{N}]/u.test(text)) throw deaf(address, model, text);
    const asked = shownAddress(server.address);
    return `${asked}, model ${model}: "${text}" in ${Math.round(ms)} ms, ${key === null ? 'without a key' : 'with a key'}`;
  } finally {
    await server.close();
  }
}

function deaf(url: string, model: string, text: string): VoiceError {
  const [address = url] = requestAddresses(url);
  return new VoiceError(
    'engine-failed',
    `The transcription server at ${shownAddress(address)} recognised no words in recorded speech. It answered "${text}".`,
    `Check that "${model}" is a speech model, and its language under [transcription] in config.toml.`,
  );
}
