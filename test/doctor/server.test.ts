import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkServer } from '../../src/doctor/server.ts';
import { checkContext } from '../support/check-context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let server: Server;
let url: string;
let bytes: number;
let answer: (response: ServerResponse) => void;
const { signal } = new AbortController();

beforeEach(async () => {
  bytes = 0;
  answer = (response) =>
    response.setHeader('content-type', 'application/json').end('{"text":" The invention"}');
  server = createServer((request, response) => {
    request.on('data', (part: Buffer) => (bytes += part.length));
    request.on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const check = (transcription: string) =>
  checkServer(checkContext(`[transcription]\n${transcription}`), signal);

test('nothing is asked where no server is named', async () => {
  expect(await check('')).toMatchObject({ state: 'ok', detail: expect.stringContaining('not configured') });
});

test.each(['openai', 'whisper'])(
  'a second of speech is understood there, with engine = "%s"',
  async (engine) => {
    const finding = await check(`engine = "${engine}"\nurl = "${url}"\nmodel = "large"`);
    const said = `${url}/audio/transcriptions, model large: "The invention" in `;
    expect(finding).toMatchObject({ state: 'ok', detail: expect.stringContaining(said) });
    // 1.2 s of 16 bit samples, and the fields.
    expect(bytes).toBeGreaterThan(38_400);
    expect(bytes).toBeLessThan(41_000);
  },
);

test('a server that fails is an error where it is in use, and a warning where it is only named', async () => {
  answer = (response) =>
    response.writeHead(404).end('{"error":{"message":"The model `large` does not exist."}}');
  const says = expect.stringContaining('does not know the model "large"');
  await expect(check(`engine = "openai"\nmodel = "large"\nurl = "${url}"`)).rejects.toMatchObject({
    message: says,
  });
  expect(await check(`model = "large"\nurl = "${url}"`)).toMatchObject({ state: 'warning', detail: says });
});

test('a server that hears nothing in speech does not work', async () => {
  answer = (response) => response.setHeader('content-type', 'application/json').end('{"text":" ..."}');
  const failed = { message: expect.stringContaining('recognised no words') };
  await expect(check(`engine = "openai"\nurl = "${url}"`)).rejects.toMatchObject(failed);
});

test('its key file is looked at whatever the engine is', async () => {
  const file = join(temporaryFolder(), 'key');
  await writeFile(file, 'sk-1\n', { mode: 0o600 });
  expect(await check(`key_file = "${file}"`)).toMatchObject({
    state: 'ok',
    detail: expect.stringContaining('private'),
  });
  expect(await check(`key_file = "${file}"\nurl = "${url}"`)).toMatchObject({
    detail: expect.stringContaining('with a key'),
  });
  await chmod(file, 0o644);
  expect(await check(`key_file = "${file}"`)).toMatchObject({ state: 'warning', code: 'config-invalid' });
});
