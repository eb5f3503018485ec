import { open, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What goes wrong with an answer. Offsets are bytes of the file, not of the answer. */
export type Fault =
  /** The connection breaks when this many bytes of the file have been sent. */
  | { kind: 'cut'; at: number }
  /** Nothing more comes after this many bytes, and the connection stays open. */
  | { kind: 'stall'; at: number }
  /** The byte at this offset is another one. */
  | { kind: 'wrong'; at: number }
  | { kind: 'status'; status: number }
  | { kind: 'slow'; bytesPerSecond: number }
  /** To this address, or to this path of the server. */
  | { kind: 'redirect'; to: string }
  /** A Range header is not honoured: the whole file comes, with 200. */
  | { kind: 'no-range' }
  /** The file seems to be this long, and ends where the real one does: a Content-Length that lies. */
  | { kind: 'claim'; length: number };

export interface SeenRequest {
  path: string;
  /** The Range header. */
  range: string | undefined;
  /** The Host header, which with a proxy is not the server's. */
  host: string | undefined;
}

/** A release server on the loopback interface: the files of a folder, with ranges, and with faults on demand. */
export interface ReleaseServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a final slash. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The next `times` requests (default: all) for paths that end in `ending` go wrong in this way. */
  fault(ending: string, fault: Fault, times?: number): void;
  /** All faults are over. */
  heal(): void;
  close(): Promise<void>;
}

const BLOCK_BYTES = 64 * 1024;

interface ArmedFault {
  ending: string;
  fault: Fault;
  left: number;
}

/** @param folder what is served: `<folder>/v1.2.3/manifest.json` is `<url>/v1.2.3/manifest.json` */
export async function serveReleases(folder: string): Promise<ReleaseServer> {
  const requests: SeenRequest[] = [];
  let armed: ArmedFault[] = [];
  const closing = new AbortController();
  const server = createServer((request, response) => {
    const path = pathOf(request);
    requests.push({ path, range: request.headers.range, host: request.headers.host });
    const fault = armed.find(({ ending, left }) => left > 0 && path.endsWith(ending));
    if (fault) fault.left -= 1;
    answer({ folder, path, request, response, fault: fault?.fault, signal: closing.signal }).catch(() => {
      response.destroy(); // The client has gone, or the server is closing: nobody is left to tell.
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    closing.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    fault: (ending, fault, times = Number.POSITIVE_INFINITY) => {
      armed.push({ ending, fault, left: times });
    },
    heal: () => {
      armed = [];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Answer {
  folder: string;
  path: string;
  request: IncomingMessage;
  response: ServerResponse;
  fault: Fault | undefined;
  signal: AbortSignal;
}

/** A client that talks to a proxy sends the whole address instead of the path. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return decodeURIComponent(new URL(url, 'http://127.0.0.1').pathname);
}

async function answer({ folder, path, request, response, fault, signal }: Answer): Promise<void> {
  if (fault?.kind === 'status') return end(response, fault.status);
  if (fault?.kind === 'redirect') return end(response, 302, { location: fault.to });
  const file = join(folder, normalize(`/${path}`));
  const stats = await stat(file).catch(() => null);
  if (!stats?.isFile()) return end(response, 404);
  const range = fault?.kind === 'no-range' ? null : rangeOf(request.headers.range);
  if (range && range.from >= stats.size) {
    return end(response, 416, { 'content-range': `bytes */${stats.size}` });
  }
  const from = range?.from ?? 0;
  const to = Math.min(range?.to ?? stats.size - 1, stats.size - 1);
  const length = fault?.kind === 'claim' ? fault.length - from : to - from + 1;
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': length,
    'content-type': 'application/octet-stream',
    ...(range ? { 'content-range': `bytes ${from}-${to}/${stats.size}` } : {}),
  });
  if (request.method === 'HEAD') response.end();
  else await send(response, file, { from, to, fault, signal });
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end(`${status}\n`);
}

function rangeOf(header: string | undefined): { from: number; to: number | undefined } | null {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  return from === undefined ? null : { from: Number(from), to: to ? Number(to) : undefined };
}

interface Sent {
  from: number;
  to: number;
  fault: Fault | undefined;
  signal: AbortSignal;
}

async function send(
  response: ServerResponse,
  file: string,
  { from, to, fault, signal }: Sent,
): Promise<void> {
  const ends = fault?.kind === 'cut' || fault?.kind === 'stall' ? Math.max(from, fault.at) : to + 1;
  const block = fault?.kind === 'slow' ? Math.max(1, Math.round(fault.bytesPerSecond / 10)) : BLOCK_BYTES;
  await using handle = await open(file);
  for (let at = from; at < Math.min(ends, to + 1); ) {
    const size = Math.min(block, ends - at, to + 1 - at);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, at);
    if (bytesRead === 0) break;
    const wrong = fault?.kind === 'wrong' ? fault.at - at : -1;
    if (wrong >= 0 && wrong < bytesRead) buffer.writeUInt8(buffer.readUInt8(wrong) ^ 0xff, wrong);
    await write(response, buffer.subarray(0, bytesRead));
    at += bytesRead;
    if (fault?.kind === 'slow') await delay(100, undefined, { signal });
  }
  if (fault?.kind === 'stall') return; // The client gives up, or the server closes all connections.
  // Not destroyed: a reset would also take away what has arrived and was not read yet.
  if (fault?.kind === 'cut' || fault?.kind === 'claim') response.socket?.end();
  else response.end();
}

/** Resolves when the bytes have been handed over. @throws Error when the client has gone */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
