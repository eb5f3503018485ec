import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Subject, unreachable } from './subject.ts';

/**
 * Connects this process to the internet as other programs do: through the proxy of the environment (HTTPS_PROXY,
 * HTTP_PROXY, NO_PROXY), and with the system's certificate authorities. Node 24.21 does neither automatically. Only for
 * processes without local connections, because a proxy would also get those.
 */
export function useSystemNetwork(env: NodeJS.ProcessEnv): void {
  // An import would read every name that node:http exports, and so load the client behind fetch in each process that only
  // knows this file: 70 ms and 7 MB (Node 24.21.0).
  process.getBuiltinModule('node:http').setGlobalProxyFromEnv(env);
  const known = getCACertificates('default');
  setDefaultCACertificates([...new Set([...known, ...getCACertificates('system')])]);
}

interface RequestOptions {
  /** The kind of file, for errors. */
  subject: Subject;
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  signal: AbortSignal;
}

/** Requests a file without encodings, following redirections. @throws VoiceError update-unreachable or model-unreachable; AbortError */
export async function request(
  url: string,
  { subject, method = 'GET', headers = {}, signal }: RequestOptions,
): Promise<Response> {
  let response: Response;
  try {
    // Compressed on the way it would have other offsets.
    response = await fetch(url, { method, headers: { 'accept-encoding': 'identity', ...headers }, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(subject, url, reasonOf(error), error);
  }
  if (url.startsWith('https:') && !response.url.startsWith('https:')) {
    await response.body?.cancel();
    throw unreachable(
      subject,
      url,
      `the host redirects to ${new URL(response.url).origin}, which is not encrypted`,
    );
  }
  return response;
}

/** The content of a small file. @param limit bytes @throws VoiceError update-unreachable or model-unreachable; AbortError */
export async function fetchSmall(url: string, limit: number, options: RequestOptions): Promise<Buffer> {
  const response = await request(url, options);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    if (!response.ok) throw new Error(`the host answered ${response.status}`);
    for await (const part of response.body ?? []) {
      size += part.length;
      if (size > limit) throw new Error(`it is larger than ${limit} bytes`);
      parts.push(part);
    }
  } catch (error) {
    await response.body?.cancel().catch(() => undefined); // It is over either way.
    options.signal.throwIfAborted();
    throw unreachable(options.subject, url, reasonOf(error), error);
  }
  return Buffer.concat(parts);
}

/** fetch only says "fetch failed"; the reason is in its cause (Node 24.21). */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
