import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transcriber } from '../../src/transcription/transcriber.ts';
import type { WhisperOptions } from '../../src/transcription/whisper/whisper.ts';
import { ggmlModel } from '../support/ggml-model.ts';
import { isAlive, temporaryFolder, waitFor } from '../support/process.ts';
import { clip } from '../support/speech.ts';
import { wordErrors } from '../support/wer.ts';
import { startWhisper, whisperEngine, working } from '../support/whisper-engine.ts';

const jfk = clip('jfk');

/** A logger that keeps what is logged. */
function recorder() {
  const lines: { level: number; msg: string; lastWords?: string[] }[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { lines, logger };
}

describe('one engine', () => {
  let whisper: Transcriber;
  beforeAll(async () => {
    whisper = startWhisper();
    await whisper.ready();
  });
  afterAll(async () => {
    await whisper.close();
  });

  test('answers in the order in which it was asked; the prompt teaches it words', async () => {
    const order: string[] = [];
    const ask = (id: string, prompt = '') =>
      whisper.transcribe(clip(id).samples, { prompt }).then(({ text }) => order.push(text));
    await Promise.all([ask('ar-aew_a0001', 'Philip Steels wrote The Danger Trail.'), ask('lj-0008')]);
    expect(order).toEqual([expect.stringContaining('Steels'), expect.stringContaining('surpassed')]);
  });

  test('an aborted call rejects at once, whether it runs or waits; the others go on', async () => {
    const running = new AbortController();
    const waiting = new AbortController();
    const first = whisper.transcribe(jfk.samples, { signal: running.signal });
    const second = whisper.transcribe(jfk.samples, { signal: waiting.signal });
    const third = whisper.transcribe(jfk.samples);
    const failures = [
      expect(first).rejects.toMatchObject({ name: 'AbortError' }),
      expect(second).rejects.toMatchObject({ name: 'AbortError' }),
    ];
    await working(whisper);
    waiting.abort();
    running.abort();
    await Promise.all(failures);
    expect(wordErrors(jfk.text, (await third).text).rate).toBeLessThan(0.1);
    await expect(whisper.transcribe(jfk.samples, { signal: running.signal })).rejects.toThrow();
  });

  test('no sound at all is refused; neither that nor Ctrl-C in the terminal of the daemon ends it', async () => {
    await expect(whisper.transcribe(new Float32Array(0))).rejects.toMatchObject({ code: 'engine-failed' });
    const { pid } = whisper.state;
    process.kill(pid ?? 0, 'SIGINT');
    expect((await whisper.transcribe(clip('lj-0008').samples)).text).toContain('surpassed');
    expect(whisper.state).toMatchObject({ state: 'ready', pid });
  });
});

describe('an engine that dies', () => {
  test('in the middle: the same audio is heard', async () => {
    const { lines, logger } = recorder();
    await using whisper = whisperEngine({ logger });
    await whisper.ready();
    const again = whisper.transcribe(jfk.samples);
    const first = await working(whisper);
    process.kill(first, 'SIGKILL');
    expect(wordErrors(jfk.text, (await again).text).rate).toBeLessThan(0.1);
    expect(whisper.state.pid).not.toBe(first);
    expect(lines.some(({ msg }) => msg.includes('SIGKILL'))).toBe(true);
  });

  test('at its start: engine-failed with its last words, in the log too', async () => {
    const { lines, logger } = recorder();
    const child = { command: 'sh', args: ['-c', 'echo "no such instruction" >&2; exit 7'] };
    await using whisper = whisperEngine({ child, logger });
    const failed = {
      code: 'engine-failed',
      message: expect.stringContaining('status 7'),
      hint: expect.stringContaining('no such instruction'),
    };
    await expect(whisper.ready()).rejects.toMatchObject(failed);
    await expect(whisper.transcribe(jfk.samples)).rejects.toMatchObject(failed);
    expect(lines.some(({ lastWords }) => lastWords?.includes('no such instruction'))).toBe(true);
    await waitFor('the end of the restarts', () => whisper.state.state === 'failed', { timeout: 120_000 });
    const starts = lines.length;
    await expect(whisper.transcribe(jfk.samples)).rejects.toMatchObject(failed);
    expect(lines.length).toBeGreaterThan(starts);
  });

  test('a program that is not there: engine-failed', async () => {
    await using whisper = whisperEngine({ child: { command: '/nowhere/engine', args: [] } });
    await expect(whisper.ready()).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('its process', () => {
  test('ends with close(), what waits is aborted', async () => {
    const whisper = startWhisper();
    await whisper.ready();
    const { pid } = whisper.state;
    const waiting = [whisper.transcribe(jfk.samples), whisper.transcribe(jfk.samples)].map((each) =>
      expect(each).rejects.toMatchObject({ name: 'AbortError' }),
    );
    await working(whisper);
    await whisper.close();
    await Promise.all(waiting);
    expect(await isAlive(pid ?? 0)).toBe(false);
    expect(whisper.state).toMatchObject({ state: 'closed', pid: null });
    await expect(whisper.ready()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('ends with close() while it loads', async () => {
    const whisper = startWhisper();
    const failure = expect(whisper.ready()).rejects.toMatchObject({ name: 'AbortError' });
    await whisper.close();
    await failure;
  });
});

describe('a model that cannot be used', () => {
  async function expectUnusable(
    changes: Partial<WhisperOptions>,
    code: string,
    words: string,
  ): Promise<void> {
    const { lines, logger } = recorder();
    await using whisper = whisperEngine({ logger, ...changes });
    const failure = { code, message: expect.stringContaining(words), hint: expect.stringMatching(/\w+/) };
    await expect(whisper.ready()).rejects.toMatchObject(failure);
    await expect(whisper.transcribe(jfk.samples)).rejects.toMatchObject(failure);
    expect(whisper.state).toMatchObject({ state: 'failed', pid: null });
    // Told once: it is not tried again and again.
    expect(lines.filter(({ level }) => level >= 40)).toHaveLength(1);
  }

  test('missing', async () => {
    const modelPath = '/nowhere/ggml-tiny.en.bin';
    await expectUnusable({ modelPath }, 'model-missing', modelPath);
    await expectUnusable({ modelPath, sha256: null }, 'model-missing', modelPath);
  });

  test('truncated, with and without a known hash', async () => {
    await using folder = await temporaryFolder();
    const modelPath = join(folder.path, 'truncated.bin');
    await copyFile(ggmlModel.path, modelPath);
    await truncate(modelPath, 20_000_000);
    await expectUnusable({ modelPath }, 'model-corrupt', modelPath);
    await expectUnusable({ modelPath, sha256: null }, 'model-corrupt', modelPath);
  });

  test('altered in one bit', async () => {
    await using folder = await temporaryFolder();
    const modelPath = join(folder.path, 'altered.bin');
    const bytes = await readFile(ggmlModel.path);
    bytes.writeUInt8(bytes.readUInt8(20_000_000) ^ 1, 20_000_000);
    await writeFile(modelPath, bytes);
    await expectUnusable({ modelPath }, 'model-corrupt', 'SHA-256');
  });

  test('something else', async () => {
    await expectUnusable({ modelPath: jfk.path, sha256: null }, 'model-corrupt', 'jfk.wav');
  });

  test('of another language', async () => {
    await expectUnusable({ language: 'de' }, 'config-invalid', '"de"');
  });
});
