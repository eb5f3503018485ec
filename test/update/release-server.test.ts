import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveReleases } from '../support/release-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONTENT = 'abcdefghij'.repeat(1_000);

async function server() {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), CONTENT);
  const started = await serveReleases(folder);
  onTestFinished(() => started.close());
  return started;
}

test('serves a file, and a part of it', async () => {
  const { url, requests } = await server();
  expect(await (await fetch(`${url}/file`)).text()).toBe(CONTENT);
  const part = await fetch(`${url}/file`, { headers: { range: 'bytes=9990-' } });
  expect(part.status).toBe(206);
  expect(await part.text()).toBe('abcdefghij');
  expect((await fetch(`${url}/file`, { headers: { range: 'bytes=10000-' } })).status).toBe(416);
  expect((await fetch(`${url}/../secret`)).status).toBe(404);
  expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=9990-', 'bytes=10000-', undefined]);
});

test('goes wrong as often as it is told', async () => {
  const release = await server();
  const { url } = release;
  release.fault('/file', { kind: 'status', status: 503 }, 1);
  release.fault('/file', { kind: 'cut', at: 100 }, 1);
  release.fault('/file', { kind: 'wrong', at: 1 }, 1);
  release.fault('/file', { kind: 'redirect', to: '/file' }, 1);
  release.fault('/file', { kind: 'slow', bytesPerSecond: 50_000 }, 1);
  expect((await fetch(`${url}/file`)).status).toBe(503);
  await expect(fetch(`${url}/file`).then((answer) => answer.text())).rejects.toThrow();
  expect((await (await fetch(`${url}/file`)).text()).slice(0, 3)).not.toBe('abc');
  const redirected = await fetch(`${url}/file`, { redirect: 'manual' });
  expect(redirected.headers.get('location')).toBe('/file');
  expect(await (await fetch(`${url}/file`)).text()).toBe(CONTENT);
});

test('stalls until the client gives up', async () => {
  const release = await server();
  release.fault('/file', { kind: 'stall', at: 100 });
  const stop = new AbortController();
  const answer = await fetch(`${release.url}/file`, { signal: stop.signal });
  const reader = answer.body?.getReader();
  expect((await reader?.read())?.value?.length).toBe(100);
  const next = reader?.read();
  stop.abort();
  await expect(next).rejects.toThrow();
});
