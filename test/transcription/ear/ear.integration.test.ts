import { copyFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { promptOf } from '../../../src/interpretation/clean.ts';
import { earFiles, earFolder } from '../../../src/models/ear-files.ts';
import { EarHost, type EarHostOptions } from '../../../src/transcription/ear/host.ts';
import type { Transcriber } from '../../../src/transcription/transcriber.ts';
import { EVERY_CASE } from '../../support/gate.ts';
import { hardSounds, music, repeatsItself } from '../../support/hard-sounds.ts';
import * as noise from '../../support/noise.ts';
import { isAlive, temporaryFolder, waitFor } from '../../support/process.ts';
import { clip, speechSet } from '../../support/speech.ts';
import { totalErrors, type WordErrors, wordErrors } from '../../support/wer.ts';

const logger = pino({ level: 'silent' });
const jfk = clip('jfk');

function earOf(host: EarHost, folder = earFolder(), language = 'en'): Transcriber {
  return host.transcriber({ model: 'tiny.en', folder: () => folder, language });
}

/** An ear with a host for itself, closed at the end of the test's block. */
function engine(options: Partial<EarHostOptions> = {}, folder?: string, language?: string) {
  const host = new EarHost({ logger, ...options });
  const ear = earOf(host, folder, language);
  const close = async (): Promise<void> => {
    await Promise.all([ear.close(), host.turnDetector.close()]);
  };
  return { host, ear, [Symbol.asyncDispose]: close };
}

/** Resolves with the process id of an ear at work. */
function working(ear: Transcriber): Promise<number> {
  return waitFor('an ear at work', () => ear.state.state === 'busy' && ear.state.pid);
}

describe('the ear with its weights', { timeout: 120_000 }, () => {
  const host = new EarHost({ logger });
  let ear: Transcriber;
  beforeAll(async () => {
    ear = earOf(host);
    await ear.ready();
  });
  afterAll(async () => {
    await Promise.all([ear.close(), host.turnDetector.close()]);
  });

  test('understands the speech set, and with a draft as well', async () => {
    const all: WordErrors[] = [];
    const compared: { without: WordErrors; drafted: WordErrors }[] = [];
    const clips = speechSet().filter((_, at) => EVERY_CASE || at % 3 === 0);
    for (const [index, { text, samples }] of clips.entries()) {
      const heard = await ear.transcribe(samples);
      const without = wordErrors(text, heard.text);
      all.push(without);
      expect(heard.words?.map((word) => word.text).join(' ')).toBe(heard.text);
      for (const { confidence } of [...(heard.words ?? []), { confidence: heard.confidence ?? -1 }]) {
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }
      if (!EVERY_CASE && index % 3 > 0) continue;
      const { text: draft } = await ear.transcribe(samples.subarray(0, Math.floor(samples.length * 0.85)));
      const drafted = wordErrors(text, (await ear.transcribe(samples, { draft })).text);
      compared.push({ without, drafted });
    }
    const { words, rate } = totalErrors(all);
    const without = totalErrors(compared.map((each) => each.without));
    const drafted = totalErrors(compared.map((each) => each.drafted));
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    console.log(
      `WER ${percent(rate)}; with drafts ${percent(drafted.rate)} instead of ${percent(without.rate)}`,
    );
    expect(words).toBeGreaterThan(EVERY_CASE ? 250 : 80);
    expect(rate).toBeLessThanOrEqual(0.05);
    // One word more of the whole set.
    expect(drafted.rate * drafted.words).toBeLessThanOrEqual(without.rate * without.words + 1.01);
  });

  test('a draft that is wrong changes nothing', async () => {
    const { samples } = clip('sb-spk1_snt5');
    const { text } = await ear.transcribe(samples);
    for (const draft of ['Something else was said here.', `${text} And more.`, '  ', '[BLANK_AUDIO]']) {
      expect((await ear.transcribe(samples, { draft })).text).toBe(text);
    }
  });

  test('hears the phrases that it is given', async () => {
    const { samples } = clip('lj-0003');
    expect((await ear.transcribe(samples)).text).toContain('wood cutters');
    expect((await ear.transcribe(samples, { phrases: ['woodcutters', 'block books'] })).text).toContain(
      'woodcutters',
    );
    expect((await ear.transcribe(samples)).text).toContain('wood cutters');
  });

  test('loses no words of speech that is longer than its window', async () => {
    const long = [...speechSet().filter(({ id }) => /^lj-000[1-4]$/.test(id)), clip('jfk')];
    const { text, words } = await ear.transcribe(noise.concatenate(...long.map(({ samples }) => samples)));
    const { rate } = wordErrors(long.map((each) => each.text).join(' '), text);
    console.log(`37 seconds: WER ${(100 * rate).toFixed(1)} %`);
    expect(rate).toBeLessThanOrEqual(0.08);
    expect(words?.map((word) => word.text).join(' ')).toBe(text);
  });

  // The network ends the text after the first of them, in any window.
  const voices = [
    ['sb-spk1_snt1', 'jfk'],
    ['lj-0008', 'jfk'],
    ['lj-0008', 'ar-axb_a0006'],
  ] as const;
  test.each(EVERY_CASE ? voices : voices.slice(0, 1))(
    'loses no words where another voice goes on: %s, %s',
    async (first, second) => {
      const [one, other] = [clip(first), clip(second)];
      const { text, words } = await ear.transcribe(noise.concatenate(one.samples, other.samples));
      expect(wordErrors(`${one.text} ${other.text}`, text).rate).toBeLessThanOrEqual(0.1);
      expect(words?.map((word) => word.text).join(' ')).toBe(text);
    },
  );

  test.each([
    ['nothing', new Float32Array(0)],
    ['silence', noise.silence(0.5)],
    ['hum', noise.hum(2)],
    ['a keyboard', noise.keyboard(5)],
    ['white noise', noise.whiteNoise(2)],
    ['pink noise', noise.pinkNoise(5)],
    ['music', music(4)],
  ])('what it writes for %s is no prompt', async (_name, samples) => {
    const { text } = await ear.transcribe(samples);
    expect(promptOf(text, { speechMs: 128 })).toBeNull();
  });

  // All of them: npm run bench:ear -- --guards
  test('repeats no sentence for sounds that mislead', async () => {
    const sounds = hardSounds(speechSet().slice(8, 12)).filter((_, at) => at % (EVERY_CASE ? 3 : 9) === 0);
    for (const { name, samples } of sounds) {
      const heard = await ear.transcribe(samples).catch(({ code }) => ({ text: String(code) }));
      expect([name, repeatsItself(heard.text)]).toEqual([name, false]);
    }
  });

  test('an aborted call rejects at once, and the next is heard', async () => {
    const stop = new AbortController();
    const stopped = ear.transcribe(jfk.samples, { signal: stop.signal });
    const failure = expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const next = ear.transcribe(clip('lj-0008').samples);
    await working(ear);
    stop.abort();
    await failure;
    expect((await next).text).toContain('surpassed');
  });

  test('a call that yields gives way', async () => {
    const partial = ear.transcribe(jfk.samples, { yields: true });
    const failure = expect(partial).rejects.toMatchObject({ name: 'AbortError' });
    await working(ear);
    const urgent = ear.transcribe(clip('lj-0008').samples);
    await failure;
    const late = ear.transcribe(jfk.samples, { yields: true });
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    expect((await urgent).text).toContain('surpassed');
    const { text } = await ear.transcribe(jfk.samples, { yields: true });
    expect(wordErrors(jfk.text, text).rate).toBeLessThan(0.1);
  });

  test('smart-turn answers in the same process, while a text is made', async () => {
    await host.turnDetector.ready();
    expect(host.turnDetector.pid).toBe(ear.state.pid);
    const text = ear.transcribe(jfk.samples);
    await working(ear);
    const order: string[] = [];
    const finished = host.turnDetector.finished(clip('sb-spk1_snt5').samples).then((probability) => {
      order.push('turn');
      return probability;
    });
    await Promise.all([finished, text.then(() => order.push('text'))]);
    expect(await finished).toBeGreaterThan(0.8);
    expect(order).toEqual(['turn', 'text']);
  });

  test('is small', async () => {
    const { pid } = ear.state;
    // Without the pages of program files: how many count depends on what else runs.
    const [, kilobytes] =
      /^Pss_Anon:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    const megabytes = Number(kilobytes) / 1_000;
    console.log(`the ear with smart-turn: ${megabytes.toFixed(0)} MB of anonymous memory`);
    expect(megabytes).toBeLessThan(320);
  });
});

describe('an ear that dies', { timeout: 60_000 }, () => {
  test('in the middle: the same audio is heard, and smart-turn has no answer until it is there again', async () => {
    await using parts = engine({ retryMs: 100 });
    const { ear, host } = parts;
    await Promise.all([ear.ready(), host.turnDetector.ready()]);
    const again = ear.transcribe(jfk.samples);
    const first = await working(ear);
    const question = host.turnDetector.finished(jfk.samples);
    process.kill(first, 'SIGKILL');
    expect(await question).toBeNull();
    expect(wordErrors(jfk.text, (await again).text).rate).toBeLessThan(0.1);
    expect(ear.state.pid).not.toBe(first);
    await waitFor('smart-turn', () => {
      host.turnDetector.warm();
      return host.turnDetector.state.state === 'ready';
    });
    expect(host.turnDetector.pid).toBe(ear.state.pid);
    expect(await host.turnDetector.finished(jfk.samples)).toBeGreaterThan(0);
  });

  test('over and over: engine-failed', async () => {
    await using parts = engine({
      child: { command: 'sh', args: ['-c', 'echo "no such instruction" >&2; exit 7'] },
    });
    const failed = { code: 'engine-failed', hint: expect.stringContaining('no such instruction') };
    await expect(parts.ear.transcribe(jfk.samples)).rejects.toMatchObject(failed);
  });
});

describe('its process', { timeout: 60_000 }, () => {
  test('is shared by two transcribers, and ends with the last; smart-turn then has one for itself', async () => {
    const host = new EarHost({ logger });
    const [first, second] = [earOf(host), earOf(host)];
    await Promise.all([first.ready(), second.ready()]);
    const { pid } = first.state;
    expect(second.state.pid).toBe(pid);
    await first.close();
    expect(first.state).toMatchObject({ state: 'closed', pid: null });
    expect((await second.transcribe(clip('lj-0008').samples)).text).toContain('surpassed');
    await second.close();
    await waitFor('its end', async () => !(await isAlive(pid ?? 0)));
    await host.turnDetector.ready();
    expect(host.turnDetector.pid).not.toBe(pid);
    expect(await host.turnDetector.finished(jfk.samples)).toBeGreaterThan(0);
    await host.turnDetector.close();
  });

  test('ends with close(), what waits is aborted', async () => {
    await using parts = engine();
    const { ear } = parts;
    await ear.ready();
    const { pid } = ear.state;
    const failure = expect(ear.transcribe(jfk.samples)).rejects.toMatchObject({ name: 'AbortError' });
    await working(ear);
    await ear.close();
    await failure;
    expect(await isAlive(pid ?? 0)).toBe(false);
  });
});

describe('an ear that cannot be used', { timeout: 60_000 }, () => {
  test('damaged weights: model-corrupt', async () => {
    await using folder = await temporaryFolder();
    const copies = earFiles(folder.path);
    for (const part of ['encoder', 'decoder', 'tokens'] as const) {
      await copyFile(earFiles(earFolder())[part].path, copies[part].path);
    }
    await truncate(copies.decoder.path, 1_000_000);
    await using parts = engine({}, folder.path);
    await expect(parts.ear.ready()).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining(join(folder.path, 'decoder.onnx')),
    });
    expect(parts.ear.state).toMatchObject({ state: 'failed', pid: null });
  });

  test('another language: config-invalid', async () => {
    await using parts = engine({}, undefined, 'de');
    const failure = { code: 'config-invalid', message: expect.stringContaining('"de"') };
    await expect(parts.ear.ready()).rejects.toMatchObject(failure);
    await expect(parts.ear.transcribe(jfk.samples)).rejects.toMatchObject(failure);
  });
});
