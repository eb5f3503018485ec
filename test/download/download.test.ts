import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type DownloadOptions, download } from '../../src/download/download.ts';
import { run } from '../support/process.ts';
import { type ReleaseServer, serveReleases } from '../support/release-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONTENT = randomBytes(300_000);
const PIECE = {
  name: 'file.zst',
  size: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
};

let server: ReleaseServer;
let file: string;

beforeEach(async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, PIECE.name), CONTENT);
  file = join(folder, 'downloaded');
  server = await serveReleases(folder);
  onTestFinished(() => server.close());
});

function fetchIt(changes: Partial<DownloadOptions> = {}): Promise<void> {
  return download({
    subject: 'update',
    url: `${server.url}/${PIECE.name}`,
    file,
    piece: PIECE,
    signal: new AbortController().signal,
    logger: pino({ level: 'silent' }),
    retryMs: 1,
    stallMs: 5_000,
    ...changes,
  });
}

const ranges = () => server.requests.map(({ range }) => range);

describe('the file arrives', () => {
  test('in one go', async () => {
    const progress: number[] = [];
    await fetchIt({ onProgress: (bytes) => progress.push(bytes) });
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
    expect(progress.at(-1)).toBe(CONTENT.length);
  });

  test('although the connection breaks again and again', async () => {
    for (const at of [10_000, 90_000, 200_000]) server.fault(PIECE.name, { kind: 'cut', at }, 1);
    await fetchIt();
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
    expect(ranges()).toHaveLength(4);
    // fetch may drop what came right before the end (Node 24.21), so the offset is at most where it broke.
    const [, at] = /^bytes=(\d+)-$/.exec(ranges()[3] ?? '') ?? [];
    expect(Number(at)).toBeGreaterThan(0);
    expect(Number(at)).toBeLessThanOrEqual(200_000);
  });

  test('although nothing more comes for a while', async () => {
    server.fault(PIECE.name, { kind: 'stall', at: 100_000 }, 1);
    await fetchIt({ stallMs: 2_000 });
    expect(ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  test('slowly', async () => {
    server.fault(PIECE.name, { kind: 'slow', bytesPerSecond: 500_000 });
    await fetchIt({ stallMs: 400 });
  });

  test('from another place than was asked', async () => {
    server.fault(PIECE.name, { kind: 'redirect', to: `/${PIECE.name}?signed` }, 1);
    await fetchIt();
  });

  test('although the host is out of order at first', async () => {
    server.fault(PIECE.name, { kind: 'status', status: 503 }, 2);
    await fetchIt();
  });

  test('from a host that knows no ranges', async () => {
    server.fault(PIECE.name, { kind: 'cut', at: 100_000 }, 1);
    server.fault(PIECE.name, { kind: 'no-range' });
    await fetchIt();
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
  });

  test('after an earlier process', async () => {
    writeFileSync(file, CONTENT.subarray(0, 123_456));
    await fetchIt();
    expect(ranges()).toEqual(['bytes=123456-']);
  });

  test('without a request when it is there', async () => {
    writeFileSync(file, CONTENT);
    await fetchIt();
    expect(ranges()).toEqual([]);
  });

  test.each([
    ['something else', randomBytes(100_000)],
    ['too much', randomBytes(400_000)],
  ])('although %s was left there', async (_what, left) => {
    writeFileSync(file, left);
    await fetchIt();
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
  });
});

describe('the download fails', () => {
  test('when the content is another one, and nothing is left', async () => {
    server.fault(PIECE.name, { kind: 'wrong', at: 77 });
    await expect(fetchIt()).rejects.toMatchObject({ code: 'update-damaged' });
    expect(existsSync(file)).toBe(false);
  });

  test('when the file is longer, without taking more of it', async () => {
    const piece = { ...PIECE, size: 1_000 };
    await expect(fetchIt({ piece })).rejects.toMatchObject({ code: 'update-damaged' });
    expect(existsSync(file) ? readFileSync(file).length : 0).toBeLessThanOrEqual(1_000);
  });

  test('when the file ends too early, however often', async () => {
    const piece = { ...PIECE, size: PIECE.size + 1 };
    await expect(fetchIt({ piece })).rejects.toMatchObject({ code: 'update-unreachable' });
  });

  test('when it says that it is longer than it is', async () => {
    server.fault(PIECE.name, { kind: 'claim', length: PIECE.size + 5 });
    await expect(fetchIt({ piece: { ...PIECE, size: PIECE.size + 5 } })).rejects.toMatchObject({
      code: 'update-unreachable',
    });
  });

  test('at once when the host has no such file', async () => {
    server.fault(PIECE.name, { kind: 'status', status: 404 });
    await expect(fetchIt()).rejects.toMatchObject({ message: expect.stringContaining('404') });
    expect(server.requests).toHaveLength(1);
  });

  test('after some tries when nobody is there', async () => {
    await server.close();
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'update-unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('when it is called off; what has come is kept', async () => {
    server.fault(PIECE.name, { kind: 'stall', at: 100_000 });
    const stop = new AbortController();
    const reason = new Error('enough');
    const onProgress = (bytes: number) => (bytes >= 100_000 ? stop.abort(reason) : undefined);
    await expect(fetchIt({ signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect(readFileSync(file).length).toBe(100_000);
  });
});

test('the proxy of the environment is used', async () => {
  const seen: string[] = [];
  const proxy = createServer().on('connect', (request, client) => {
    seen.push(request.url ?? '');
    const host = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      host.pipe(client).pipe(host);
    });
    for (const socket of [host, client]) socket.on('error', () => undefined); // The other end goes as it likes.
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const network = join(import.meta.dirname, '../../src/download/network.ts');
  const script = `
    const { fetchSmall, useSystemNetwork } = await import(${JSON.stringify(network)});
    useSystemNetwork(process.env);
    const signal = AbortSignal.timeout(20_000);
    const content = await fetchSmall('http://releases.invalid/${PIECE.name}', 1e6, { subject: 'update', signal });
    process.stdout.write(String(content.length));
    process.exit();`;
  const env = { PATH: process.env.PATH, HTTP_PROXY: `http://127.0.0.1:${port}` };
  const said = await run(process.execPath, ['--input-type=module', '--eval', script], { env });
  expect([said, seen]).toEqual([String(CONTENT.length), ['releases.invalid:80']]);
});
