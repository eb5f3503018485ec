import { readFile, stat } from 'node:fs/promises';
import { VoiceError } from '../../errors.ts';

/** The variable whose key goes to any server that the settings name. */
const OWN_VARIABLE = 'CODEX_VOICE_TRANSCRIPTION_KEY';
/** OpenAI's own variable. Its key is sent to OpenAI only. */
const OPENAI_VARIABLE = 'OPENAI_API_KEY';
const OPENAI_HOST = 'api.openai.com';

/**
 * The key of a transcription server, from a file or the environment and never from config.toml; null: it needs none.
 * @throws VoiceError config-invalid: the file cannot be read, or others may read it
 */
export async function apiKey(url: string, file: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (file !== '') return fromFile(file);
  const own = env[OWN_VARIABLE]?.trim();
  if (own) return own;
  const openai = new URL(url).hostname === OPENAI_HOST ? env[OPENAI_VARIABLE]?.trim() : undefined;
  return openai || null;
}

async function fromFile(file: string): Promise<string> {
  const refused = (why: string, hint: string): VoiceError =>
    new VoiceError('config-invalid', `The key file ${file} ${why}.`, hint);
  let text: string;
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw refused('can be read by others', `Make it private: chmod 600 ${file}`);
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof VoiceError) throw error;
    throw refused('cannot be read', 'Correct key_file under [transcription] in config.toml.');
  }
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw refused('holds no key', 'Write the key into it, alone in one line.');
}
