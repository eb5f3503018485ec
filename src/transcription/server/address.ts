import { type ErrorReport, VoiceError } from '../../errors.ts';
import type { Settings } from '../../settings/schema.ts';

/** The server of the settings, as far as its address matters. */
type ServerSettings = Pick<Settings['transcription'], 'engine' | 'url' | 'allow_http'>;

/** The host of an address that is reached without encryption over a network; null: it is encrypted, or on this machine. */
export function exposedHost(address: string): string | null {
  const url = URL.parse(address);
  if (url?.protocol !== 'http:' || isLoopback(url.hostname)) return null;
  return url.host;
}

/** Names that are reserved for this machine (RFC 6761), and addresses of the loopback interface. */
function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/u, '');
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d+){3}$/u.test(name)
  );
}

/**
 * Hands a key out for this address alone: not over plain http, unless the settings allow it.
 * @returns a function that throws VoiceError address-insecure
 */
export function guardedKey(
  address: string,
  allowHttp: boolean,
  key: () => Promise<string | null>,
): () => Promise<string | null> {
  return async () => {
    const found = await key();
    const host = exposedHost(address);
    if (found === null || host === null || allowHttp) return found;
    const { code, message, hint } = keyRefused(host);
    throw new VoiceError(code, message, hint);
  };
}

/** Returns what others on the network could read of a transcription; null: nothing, or nothing is sent. */
export function addressWarning({ engine, url, allow_http }: ServerSettings): ErrorReport | null {
  const host = engine === 'openai' ? exposedHost(url) : null;
  if (host === null) return null;
  const what = allow_http ? 'What you say, and a key, go' : 'What you say goes';
  return {
    code: 'address-insecure',
    message: `${what} to ${host} over plain http: anyone on the network path can read it.`,
    hint: 'Use an https address, or a tunnel to this machine such as `ssh -L`.',
  };
}

function keyRefused(host: string): ErrorReport {
  return {
    code: 'address-insecure',
    message: `The key of the transcription server is not sent to ${host} over plain http.`,
    hint: 'Use an https address, or set allow_http = true under [transcription] in config.toml.',
  };
}
