import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveModel } from '../../src/models/catalogue.ts';
import { createEngine } from '../../src/transcription/create-engine.ts';
import { FallbackTranscriber } from '../../src/transcription/fallback.ts';
import { OpenAiTranscriber } from '../../src/transcription/server/openai-compatible.ts';
import { waitFor } from '../support/process.ts';
import { clip } from '../support/speech.ts';
import { totalErrors, wordErrors } from '../support/wer.ts';
import { startWhisperServer, type WhisperServer } from '../support/whisper-cpp/server.ts';

/** More than src/transcription/create-transcriber.ts has: on a busy machine every server is slow. ms */
const SLOW_MS = 8_000;
/** Longer than a server that failed is avoided, ms. */
const LATER_MS = 31_000;
/**
 * Where other tests want the cores: one thread, for two spin while they wait for each other; and half of Whisper's
 * window, into which the clips fit.
 */
const CHEAPLY = ['--threads', '1', '--audio-ctx', '768'];

const logger = pino({ level: 'silent' });
const sentence = clip('lj-0008');
/** Eleven seconds, which whisper.cpp answers in several lines. */
const jfk = clip('jfk');

let server: WhisperServer;
let time = 0;
let remote: OpenAiTranscriber;
let both: FallbackTranscriber;

beforeAll(async () => {
  server = await startWhisperServer(CHEAPLY);
  remote = new OpenAiTranscriber({
    url: server.url,
    model: 'whisper-1',
    language: 'en',
    key: async () => null,
    timeoutMs: 30_000,
    logger,
  });
  const here = createEngine(resolveModel('tiny.en', { home: '/', folder: '/' }), { language: 'en', logger });
  both = new FallbackTranscriber({ first: remote, second: here, slowMs: SLOW_MS, logger, now: () => time });
  await both.ready();
  // The first sentence warms it up: on a busy machine it would be called slow.
  await remote.transcribe(sentence.samples);
  // The build of the server, on a machine that never had it.
}, 600_000);
afterAll(async () => {
  await both?.close();
  await server?.[Symbol.asyncDispose]();
});

test("whisper.cpp's own server understands sentences, and its lines become one text", async () => {
  const errors = [];
  for (const spoken of [sentence, jfk, clip('lj-0004')]) {
    const { text } = await remote.transcribe(spoken.samples, { prompt: 'Block books.' });
    expect(text).toMatch(/^\S.*\S$/);
    errors.push(wordErrors(spoken.text, text));
  }
  expect(totalErrors(errors).rate).toBeLessThanOrEqual(0.1);
});

test('a request that nobody wants any more is ended there: the next one does not wait for it', async () => {
  const stop = new AbortController();
  const unwanted = remote.transcribe(jfk.samples, { signal: stop.signal });
  setTimeout(() => stop.abort(), 200);
  await expect(unwanted).rejects.toMatchObject({ name: 'AbortError' });
  await remote.transcribe(sentence.samples);
  expect(server.process.stderr()).toContain('client disconnected');
});

/** The text of the sentence by whoever has it, and who is in force afterwards. */
async function heard(): Promise<{ engine: string; reason: string | undefined }> {
  const { text } = await both.transcribe(sentence.samples);
  expect(wordErrors(sentence.text, text).rate).toBeLessThanOrEqual(0.15);
  const { engine, reason } = both.state;
  return { engine, reason: reason?.message };
}

const byTheServer = { engine: 'openai', reason: undefined };

test('it stalls, or dies in the middle of a sentence: the model here has the words, and the status says why', async () => {
  const { process } = server;
  process.kill('SIGSTOP');
  const stalled = { engine: 'whisper', reason: expect.stringContaining('slow') };
  expect(await heard()).toEqual(stalled);
  process.kill('SIGCONT');
  time += LATER_MS;
  expect(await heard()).toEqual(byTheServer);

  const asked = () => process.stderr().split('processing').length;
  const before = asked();
  const text = heard();
  await waitFor('the request at the server', () => asked() > before, { every: 5 });
  process.kill('SIGKILL');
  const gone = { engine: 'whisper', reason: expect.stringContaining('does not work') };
  expect(await text).toEqual(gone);
  // It is back, and asked again once it has been avoided for long enough.
  server = await startWhisperServer(CHEAPLY, server.port);
  expect(await heard()).toEqual(gone);
  time += LATER_MS;
  expect(await heard()).toEqual(byTheServer);
});
