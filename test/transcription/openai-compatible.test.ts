import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseWav } from '../../src/microphone/sound-files/wav.ts';
import { CachedTranscriber } from '../../src/transcription/cached.ts';
import { FallbackTranscriber } from '../../src/transcription/fallback.ts';
import { apiKey } from '../../src/transcription/server/api-key.ts';
import { type OpenAiOptions, OpenAiTranscriber } from '../../src/transcription/server/openai-compatible.ts';
import { OPTIONAL_FIELDS } from '../../src/transcription/server/refusal.ts';
import { retryAfter, ServerBusy } from '../../src/transcription/server/retry-after.ts';
import type { TranscribeOptions, Transcriber, Transcript } from '../../src/transcription/transcriber.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { NO_TEXTS, REFUSALS, TEXTS } from './server-shapes.ts';

const logger = pino({ level: 'silent' });
const SPEECH = new Float32Array(16_000).fill(0.25);

interface Asked {
  path: string;
  key: string | undefined;
  form: FormData;
}

/** A server as OpenAI documents it; `answer` says what it does with the next requests. */
let asked: Asked[];
let answers: ((response: ServerResponse) => void)[];
let url: string;
let server: ReturnType<typeof createServer>;

const json = (text: string) => (response: ServerResponse) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ text }));
};
const status = (code: number) => (response: ServerResponse) => {
  response.writeHead(code).end('{}');
};

async function take(request: IncomingMessage): Promise<void> {
  const body: Buffer[] = [];
  for await (const part of request) body.push(part as Buffer);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(Buffer.concat(body), { headers }).formData();
  asked.push({ path: request.url ?? '', key: request.headers.authorization, form });
}

beforeEach(async () => {
  asked = [];
  answers = [];
  server = createServer((request, response) => {
    void take(request).then(() => (answers.shift() ?? json('hello there'))(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function engine(changes: Partial<OpenAiOptions> = {}): OpenAiTranscriber {
  const key = async () => 'a-key';
  return new OpenAiTranscriber({
    url,
    model: 'whisper-1',
    language: 'en',
    key,
    timeoutMs: 5_000,
    logger,
    ...changes,
  });
}

describe('a server', () => {
  test('gets the sound, the model, the language, the words and the key', async () => {
    const { text } = await engine().transcribe(SPEECH, { prompt: 'Call getUserById.' });
    expect(text).toBe('hello there');
    const [{ path, key, form } = { path: '', key: '', form: new FormData() }] = asked;
    expect({ path, key }).toEqual({ path: '/v1/audio/transcriptions', key: 'Bearer a-key' });
    expect(form.get('model')).toBe('whisper-1');
    expect(form.get('language')).toBe('en');
    expect(form.get('prompt')).toBe('Call getUserById.');
    const file = form.get('file') as File;
    const sound = parseWav(Buffer.from(await file.arrayBuffer()));
    expect(sound.sampleRate).toBe(16_000);
    expect(sound.samples.length).toBe(SPEECH.length);
    expect(sound.samples[7]).toBeCloseTo(0.25, 3);
  });

  test('finds the language out, and needs no key', async () => {
    await engine({ language: 'auto', key: async () => null }).transcribe(SPEECH);
    expect(asked[0]?.form.has('language')).toBe(false);
    expect(asked[0]?.key).toBeUndefined();
  });

  test("may break its text into lines as whisper.cpp's does, in the middle of a word", async () => {
    answers.push((response) => {
      response.setHeader('server', 'whisper.cpp');
      json(' Call get user by id in the third par\nagraph\n of it.\n')(response);
    });
    expect((await engine().transcribe(SPEECH)).text).toBe(
      'Call get user by id in the third paragraph of it.',
    );
  });

  test('that is busy or out of order is asked again', async () => {
    answers.push(status(503), status(429));
    expect((await engine().transcribe(SPEECH)).text).toBe('hello there');
    expect(asked).toHaveLength(3);
  });

  test('that is busy for a moment is asked again when it said', async () => {
    const pauses: number[] = [];
    let before = performance.now();
    const busy = (headers: Record<string, string>) => (response: ServerResponse) => {
      before = performance.now();
      response.writeHead(429, headers).end('{}');
    };
    answers.push(busy({ 'retry-after': '1' }), (response) => {
      pauses.push(performance.now() - before);
      busy({ 'retry-after-ms': '600', 'retry-after': '9' })(response);
    });
    expect((await engine().transcribe(SPEECH)).text).toBe('hello there');
    pauses.push(performance.now() - before);
    expect(asked).toHaveLength(3);
    expect(pauses[0]).toBeGreaterThanOrEqual(990);
    expect(pauses[1]).toBeGreaterThanOrEqual(590);
  });

  test.each([
    ['for longer than anybody waits', { 'retry-after': '47' }, 60_000, 47_000],
    ['for longer than there is time', { 'retry-after': '2' }, 1_500, 2_000],
    [
      'until a day after today',
      { 'retry-after': new Date(Date.now() + 172_800_000).toUTCString() },
      60_000,
      86_400_000,
    ],
  ])('that is busy %s is asked once, and its time is named', async (_name, headers, timeoutMs, waitMs) => {
    answers.push((response) =>
      response.writeHead(429, headers).end('{"error":{"message":"Rate limit reached for whisper-1"}}'),
    );
    await expect(engine({ timeoutMs }).transcribe(SPEECH)).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringMatching(/takes no request before .*\d\d:\d\d.* \(429\).*"Rate limit reached/),
      waitMs,
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['0', 0],
    ['1.5', 1_500],
    ['Sun, 29 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 29 Nov 2026 11:00:00 GMT', 0],
    ['-3', null],
    ['soon', null],
    ['', null],
  ])('may want to be left alone for "%s"', (value, ms) => {
    const now = Date.parse('2026-11-29T12:00:00Z');
    expect(retryAfter(new Headers({ 'retry-after': value }), now)).toBe(ms);
    expect(retryAfter(new Headers(), now)).toBeNull();
  });

  test.each([
    [401, 'refused the key'],
    [404, 'does not know'],
    [400, 'answered 400'],
  ])('that answers %i is not asked again, and the person is told why', async (code, why) => {
    answers.push(status(code), status(code));
    const failed = { code: 'engine-failed', message: expect.stringContaining(why) };
    await expect(engine().transcribe(SPEECH)).rejects.toMatchObject(failed);
    // Nothing there: the other form of the address is tried.
    expect(asked).toHaveLength(code === 404 ? 2 : 1);
  });

  test.each(Object.entries(TEXTS))('may answer as %s does', async (_name, { type, body }) => {
    answers.push((response) => response.setHeader('content-type', type).end(body));
    expect((await engine().transcribe(SPEECH)).text).toBe('Run the tests again.');
  });

  test.each(Object.entries(NO_TEXTS))(
    'that answers with %s has failed',
    async (_name, { type, body, says }) => {
      answers.push((response) => response.setHeader('content-type', type).end(body));
      const failed = { code: 'engine-failed', message: expect.stringContaining(says) };
      await expect(engine().transcribe(SPEECH)).rejects.toMatchObject(failed);
      expect(asked).toHaveLength(1);
    },
  );

  test('that sends nothing, or breaks off, has failed', async () => {
    const broken: ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(204).end(),
      (response) => response.writeHead(200).end(),
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"text":"Delete"}\n\n', () => response.destroy());
      },
      // Without a length the end of the connection is all that says where the body ends.
      (response) => {
        response.socket?.end(
          'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"text":"Delete"}\n\n',
        );
      },
    ];
    for (const answer of broken) {
      answers = [answer, answer, answer];
      await expect(engine().transcribe(SPEECH)).rejects.toMatchObject({ code: 'engine-failed' });
    }
  });

  test.each(Object.entries(REFUSALS))(
    'is asked without what it does not know, from then on (%s)',
    async (_name, { status: code, body, fields }) => {
      answers.push((response) => response.writeHead(code).end(body));
      const server = engine();
      expect((await server.transcribe(SPEECH, { prompt: 'Words.' })).text).toBe('hello there');
      await server.transcribe(SPEECH, { prompt: 'Words.' });
      const sent = asked.map(({ form }) => OPTIONAL_FIELDS.filter((field) => !form.has(field)));
      expect(sent).toEqual([[], fields, fields]);
    },
  );

  test('that knows no field at all is asked with the sound and the model alone', async () => {
    answers.push((response) => response.writeHead(400).end('{"error":"Unrecognized request argument"}'));
    expect((await engine().transcribe(SPEECH)).text).toBe('hello there');
    expect([...(asked[1]?.form.keys() ?? [])]).toEqual(['file', 'model']);
  });

  test('keeps a field that was not the reason', async () => {
    const refused = '{"error":{"message":"invalid audio stream"}}';
    answers.push((response) => response.writeHead(400).end(refused));
    answers.push((response) => response.writeHead(400).end(refused));
    const server = engine();
    const failed = { message: expect.stringContaining('It says: "invalid audio stream"') };
    await expect(server.transcribe(SPEECH)).rejects.toMatchObject(failed);
    await server.transcribe(SPEECH);
    expect(asked.map(({ form }) => form.has('stream'))).toEqual([true, false, true]);
  });

  test('may answer in plain text once it was asked for its own format', async () => {
    answers.push((response) =>
      response.writeHead(400).end('{"error":"response_format json is not supported"}'),
    );
    answers.push((response) => response.setHeader('content-type', 'text/plain').end('plain words\n'));
    expect((await engine().transcribe(SPEECH)).text).toBe('plain words');
  });

  test('is found with and without /v1, and the addresses that were asked are named', async () => {
    answers.push(status(404));
    const base = url.replace('/v1', '');
    const server = engine({ url: `${base}?api-version=1#top` });
    await server.transcribe(SPEECH);
    await server.transcribe(SPEECH);
    expect(asked.map(({ path }) => path)).toEqual([
      '/audio/transcriptions?api-version=1',
      '/v1/audio/transcriptions?api-version=1',
      '/v1/audio/transcriptions?api-version=1',
    ]);
    answers.push(status(404), status(405));
    const named = `${base}/v1/audio/transcriptions and ${base}/audio/transcriptions`;
    await expect(engine().transcribe(SPEECH)).rejects.toMatchObject({
      message: expect.stringContaining(named),
    });
  });

  test('that knows the address and not the model is not looked for elsewhere', async () => {
    const body = '{"error":{"message":"The model `whisper-1` does not exist.","code":404}}';
    answers.push((response) => response.writeHead(404).end(body));
    const failed = { message: expect.stringMatching(/the model "whisper-1" \(404\).*does not exist/) };
    await expect(engine().transcribe(SPEECH)).rejects.toMatchObject(failed);
    expect(asked).toHaveLength(1);
  });

  test('that hangs is given up; that sends nonsense too; that redirects never gets the key elsewhere', async () => {
    answers.push(() => undefined);
    const hangs = engine({ timeoutMs: 150 }).transcribe(SPEECH);
    await expect(hangs).rejects.toMatchObject({ message: expect.stringContaining('did not answer') });
    for (let time = 0; time < 3; time += 1)
      answers.push((response) => response.setHeader('content-type', 'application/json').end('{"no": 1}'));
    await expect(engine().transcribe(SPEECH)).rejects.toMatchObject({ code: 'engine-failed' });
    const before = asked.length;
    for (let time = 0; time < 3; time += 1)
      answers.push((response) => response.writeHead(307, { location: `${url}/elsewhere` }).end());
    await expect(engine().transcribe(SPEECH)).rejects.toMatchObject({ code: 'engine-failed' });
    expect(asked.slice(before).map(({ path }) => path)).not.toContain('/v1/elsewhere');
  });

  test('is left in peace when nobody wants the text any more, and for partial texts', async () => {
    answers.push(() => undefined);
    const stop = new AbortController();
    const asking = engine().transcribe(SPEECH, { signal: stop.signal });
    setTimeout(() => stop.abort(), 30);
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine().transcribe(SPEECH, { yields: true })).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked.length).toBeLessThanOrEqual(1);
  });
});

describe('its key', () => {
  const openai = 'https://api.openai.com/v1';

  test("is of the environment; OpenAI's own goes to OpenAI alone", async () => {
    const env = { OPENAI_API_KEY: 'theirs' };
    expect(await apiKey(openai, '', env)).toBe('theirs');
    expect(await apiKey('http://gpu:8000/v1', '', env)).toBeNull();
    expect(await apiKey('https://api.openai.com.example.org/v1', '', env)).toBeNull();
    const own = { ...env, CODEX_VOICE_TRANSCRIPTION_KEY: ' mine ' };
    expect(await apiKey('http://gpu:8000/v1', '', own)).toBe('mine');
  });

  test('or of a file that is private, with nothing else in it', async () => {
    const file = join(temporaryFolder(), 'key');
    await writeFile(file, 'sk-123\n', { mode: 0o600 });
    expect(await apiKey(openai, file, {})).toBe('sk-123');
    await chmod(file, 0o644);
    const invalid = { code: 'config-invalid' };
    await expect(apiKey(openai, file, {})).rejects.toMatchObject(invalid);
    await writeFile(file, 'two words');
    await chmod(file, 0o600);
    await expect(apiKey(openai, file, {})).rejects.toMatchObject(invalid);
    await expect(apiKey(openai, `${file}.missing`, {})).rejects.toMatchObject(invalid);
  });
});

/** An engine that does what it is told. */
function told(
  name: string,
  work: (options: TranscribeOptions) => Promise<string>,
): Transcriber & { calls: number } {
  const transcriber = {
    calls: 0,
    state: { engine: name, model: name, state: 'ready' as const, pid: null },
    ready: async () => undefined,
    async transcribe(_audio: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
      transcriber.calls += 1;
      return { text: await work(options), ms: 1 };
    },
    close: async () => undefined,
  };
  return transcriber;
}

const never = ({ signal }: TranscribeOptions): Promise<string> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));

describe('the model on this machine', () => {
  const here = () => told('here', async () => 'from here');
  const first = (work: (options: TranscribeOptions) => Promise<string>, second: Transcriber, now = () => 0) =>
    new FallbackTranscriber({ first: told('server', work), second, slowMs: 30, logger, now });

  test('has nothing to do while the server answers', async () => {
    const second = here();
    const both = first(async () => 'from the server', second);
    expect((await both.transcribe(SPEECH)).text).toBe('from the server');
    expect(second.calls).toBe(0);
    expect(both.state).toMatchObject({ engine: 'server' });
  });

  test('answers for a server that fails, and the status says why; later the server is tried again', async () => {
    let time = 0;
    let works = false;
    const server = async () => {
      if (!works) throw new Error('gone');
      return 'from the server';
    };
    const both = first(server, here(), () => time);
    expect((await both.transcribe(SPEECH)).text).toBe('from here');
    expect(both.state).toMatchObject({ engine: 'here', reason: { message: 'gone' } });
    works = true;
    expect((await both.transcribe(SPEECH)).text).toBe('from here');
    time = 31_000;
    expect((await both.transcribe(SPEECH)).text).toBe('from the server');
    expect(both.state.reason).toBeUndefined();
  });

  test('answers until the time that the server names, for an hour at most', async () => {
    let time = 0;
    for (const [waitMs, avoided] of [
      [1_000, 30_000],
      [90_000, 90_000],
      [86_400_000, 3_600_000],
    ] as const) {
      time = 0;
      const server = told('server', async () => Promise.reject(new ServerBusy('It', 429, waitMs, '')));
      const both = new FallbackTranscriber({
        first: server,
        second: here(),
        slowMs: 30,
        logger,
        now: () => time,
      });
      await both.transcribe(SPEECH);
      expect(both.state.reason?.message).toMatch(/^It takes no request before .*\d\d:\d\d/);
      time = avoided - 1;
      await both.transcribe(SPEECH);
      expect(server.calls).toBe(1);
      time = avoided;
      await both.transcribe(SPEECH);
      expect(server.calls).toBe(2);
    }
  });

  test('answers for a slow server, whose request is ended', async () => {
    let ended = false;
    const both = first((options) => never(options).finally(() => (ended = true)), here());
    expect((await both.transcribe(SPEECH)).text).toBe('from here');
    await expect.poll(() => ended).toBe(true);
    expect(both.state.reason?.message).toContain('slow');
  });

  test('does partial texts, which never leave the machine', async () => {
    const second = here();
    const both = first(async () => 'from the server', second);
    expect((await both.transcribe(SPEECH, { yields: true })).text).toBe('from here');
  });

  test('both fail: the error of this machine; nobody wants it: AbortError and nothing is avoided', async () => {
    const fails = told('here', async () => Promise.reject(new Error('here too')));
    await expect(
      first(async () => Promise.reject(new Error('gone')), fails).transcribe(SPEECH),
    ).rejects.toThrow('here too');
    const stop = new AbortController();
    const both = first(never, here());
    const asking = both.transcribe(SPEECH, { signal: stop.signal });
    stop.abort();
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    expect(both.state.reason).toBeUndefined();
  });

  test('is enough to be ready, and so is the server', async () => {
    const broken = { ...here(), ready: () => Promise.reject(new Error('no model')) };
    await expect(first(async () => '', broken).ready()).resolves.toBeUndefined();
    const both = new FallbackTranscriber({ first: broken, second: broken, slowMs: 1, logger });
    await expect(both.ready()).rejects.toThrow('no model');
  });
});

test('what was transcribed before is answered at once; another sound, prompt or list of phrases is not', async () => {
  const behind = told('here', async () => 'words');
  const cached = new CachedTranscriber(behind);
  expect(await cached.transcribe(SPEECH)).toEqual({ text: 'words', ms: 1 });
  expect(await cached.transcribe(SPEECH.slice())).toEqual({ text: 'words', ms: 0 });
  await cached.transcribe(SPEECH, { prompt: 'Call getUserById.' });
  await cached.transcribe(SPEECH.subarray(1));
  const phrases = ['get user by id'];
  await cached.transcribe(SPEECH, { phrases });
  expect(await cached.transcribe(SPEECH, { phrases })).toEqual({ text: 'words', ms: 0 });
  await cached.transcribe(SPEECH, { phrases: [...phrases] });
  expect(behind.calls).toBe(5);
  const aborted = cached.transcribe(SPEECH, { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
});
