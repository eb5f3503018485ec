/** OpenAI's own address (platform documentation, "Create transcription"). */
export const OPENAI_URL = 'https://api.openai.com/v1';

const PATH = 'audio/transcriptions';
/** The whole path of a request; whisper.cpp's server has `/inference` unless it is configured otherwise (1.9.1). */
const WHOLE = /\/(?:audio\/transcriptions|inference)$/;
/** A version of the API within a path, or Azure's way to choose a model. */
const VERSIONED = /\/(?:v\d\w*|deployments)(?:\/|$)/;

/**
 * Returns the addresses of the request for a base address, the likeliest first: as it was written, then with `/v1` added
 * or taken away, and whisper.cpp's own. A query stays (Azure's api-version), a fragment goes.
 * @param url the base, as far as `/v1`; or the address of the request itself; '': OpenAI
 */
export function requestAddresses(url: string): string[] {
  const base = new URL(url || OPENAI_URL);
  const path = base.pathname.replace(/\/+$/, '');
  const at = (changed: string): string => {
    const address = new URL(base);
    address.hash = '';
    address.username = '';
    address.password = '';
    address.pathname = changed;
    return address.href;
  };
  if (WHOLE.test(path)) return [at(path)];
  const first = at(`${path}/${PATH}`);
  if (!VERSIONED.test(path)) return [first, at(`${path}/v1/${PATH}`), at(`${path}/inference`)];
  return path.endsWith('/v1') ? [first, at(`${path.slice(0, -'/v1'.length)}/${PATH}`)] : [first];
}

/** An address for display: without a query, which may hold a key. */
export function shownAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

/** The hosts of Azure OpenAI, which take the key in a separate header. */
const AZURE = /\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(?:com|us|cn)$/;

/**
 * Returns the header fields with the key. Without a key, a user name and password in the address are used.
 * @param url the base address
 */
export function keyHeaders(url: string, key: string | null): Record<string, string> {
  const { hostname, username, password } = new URL(url || OPENAI_URL);
  if (key !== null) return AZURE.test(hostname) ? { 'api-key': key } : { authorization: `Bearer ${key}` };
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
