import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SETTINGS } from '../../src/settings/schema.ts';
import { withServer } from '../../src/transcription/create-transcriber.ts';
import { addressWarning, exposedHost, guardedKey } from '../../src/transcription/server/address.ts';
import { proveServer } from '../../src/transcription/server/prove-server.ts';
import type { Transcriber } from '../../src/transcription/transcriber.ts';

const KEY = { CODEX_VOICE_TRANSCRIPTION_KEY: 'secret' };

test.each([
  ['http://gpu:8000/v1', 'gpu:8000'],
  ['HTTP://GPU/v1', 'gpu'],
  ['http://192.168.1.2/v1', '192.168.1.2'],
  ['http://[fe80::1]/v1', '[fe80::1]'],
  ['http://127.0.0.1.evil.org/', '127.0.0.1.evil.org'],
  ['http://localhost.evil.org/', 'localhost.evil.org'],
  ['http://0.0.0.0/', '0.0.0.0'],
  ['http://127.0.0.1@evil.org/', 'evil.org'],
  ['https://gpu/v1', null],
  ['http://localhost:8000/v1', null],
  ['http://LOCALHOST./v1', null],
  ['http://whisper.localhost/', null],
  ['http://127.0.0.1:9/', null],
  ['http://127.8.9.1/', null],
  // As a browser reads it.
  ['http://2130706433/', null],
  ['http://[::1]:9/', null],
  ['', null],
])('what others can read: %s: %s', (address, host) => {
  expect(exposedHost(address)).toBe(host);
});

describe('a key', () => {
  const key = async () => 'secret';
  test('goes over https and to this machine, and anywhere where the settings allow it', async () => {
    await expect(guardedKey('https://gpu/v1', false, key)()).resolves.toBe('secret');
    await expect(guardedKey('http://localhost/v1', false, key)()).resolves.toBe('secret');
    await expect(guardedKey('http://gpu/v1', true, key)()).resolves.toBe('secret');
    await expect(guardedKey('http://gpu/v1', false, async () => null)()).resolves.toBeNull();
  });
  test('does not go over plain http to another machine', async () => {
    await expect(guardedKey('http://gpu/v1', false, key)()).rejects.toMatchObject({
      code: 'address-insecure',
      message: 'The key of the transcription server is not sent to gpu over plain http.',
    });
  });
});

describe('the settings are told', () => {
  const warning = (over: object) =>
    addressWarning({ ...SETTINGS.parse({}).transcription, engine: 'openai', url: 'http://gpu/v1', ...over });
  test.each([
    [{}, 'What you say goes to gpu over plain http: anyone on the network path can read it.'],
    [
      { allow_http: true },
      'What you say, and a key, go to gpu over plain http: anyone on the network path can read it.',
    ],
  ])('%j: %s', (over, message) => {
    expect(warning(over)?.message).toBe(message);
  });
  test.each([
    [{ engine: 'whisper' }],
    [{ url: 'https://gpu/v1' }],
    [{ url: '' }],
    [{ url: 'http://localhost/v1' }],
  ])('nothing of %j', (over) => {
    expect(warning(over)).toBeNull();
  });
  test('a proof sends no key either', async () => {
    const settings = SETTINGS.parse({ transcription: { engine: 'openai', url: 'http://gpu.invalid/v1' } });
    const options = { env: KEY, speech: new Float32Array(1), signal: AbortSignal.timeout(1_000) };
    await expect(
      proveServer(settings.transcription, { ...options, logger: pino({ level: 'silent' }) }),
    ).rejects.toMatchObject({ code: 'address-insecure' });
  });
});

test('a redirect to another host carries no key, and is not followed', async () => {
  const asked: (string | undefined)[] = [];
  const listen = async (handler: Parameters<typeof createServer>[1]): Promise<string> => {
    const server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const other = await listen(({ headers }, response) => {
    asked.push(headers.authorization);
    response.end('{"text":"from elsewhere"}');
  });
  const first = await listen((request, response) => {
    request.resume();
    response.writeHead(307, { location: `${other}/audio/transcriptions` }).end();
  });
  const own: Transcriber = {
    state: { engine: 'whisper', model: 'x', state: 'ready', pid: null },
    ready: async () => undefined,
    transcribe: async () => ({ text: 'from here', ms: 1 }),
    close: async () => undefined,
  };
  const settings = SETTINGS.parse({ transcription: { engine: 'openai', url: first } });
  const transcriber = withServer(own, settings, KEY, pino({ level: 'silent' }));
  expect((await transcriber.transcribe(new Float32Array(16_000).fill(0.2))).text).toBe('from here');
  await transcriber.close();
  expect(asked).toEqual([]);
});
