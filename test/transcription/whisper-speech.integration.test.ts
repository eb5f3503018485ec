import { readFile } from 'node:fs/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { promptOf } from '../../src/interpretation/clean.ts';
import { createDetector } from '../../src/speech/create-detector.ts';
import type { Detector } from '../../src/speech/detector.ts';
import type { Transcriber } from '../../src/transcription/transcriber.ts';
import { createWhisper } from '../../src/transcription/whisper/whisper.ts';
import { ggmlModel } from '../support/ggml-model.ts';
import { listenToAll } from '../support/listening.ts';
import * as noise from '../support/noise.ts';
import { speechSet } from '../support/speech.ts';
import { totalErrors, type WordErrors, wordErrors } from '../support/wer.ts';

const clips = speechSet();
const logger = pino({ level: 'silent' });

let whisper: Transcriber;
let detector: Detector;
beforeAll(async () => {
  // Of two threads, each waits for the other by spinning, which is dear where other tests run.
  whisper = createWhisper({
    modelPath: ggmlModel.path,
    sha256: ggmlModel.sha256,
    language: 'en',
    threads: 1,
    logger,
  });
  detector = await createDetector('silero', logger);
  await whisper.ready();
});
afterAll(async () => {
  await whisper?.close();
  await detector?.close();
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(what: string, errors: WordErrors, ms: number[]): void {
  const { substitutions, deletions, insertions, words, rate } = errors;
  console.log(
    `${what}: WER ${(rate * 100).toFixed(1)} % (${substitutions} substituted, ${deletions} missing, ` +
      `${insertions} added of ${words} words), median ${median(ms).toFixed(0)} ms`,
  );
}

// The whole set is heard on the way that a prompt takes: live.integration.test.ts.
test('understands whole clips', async () => {
  const results = [];
  for (const { text, samples } of clips.filter((_clip, index) => index % 3 === 0)) {
    const transcript = await whisper.transcribe(samples);
    results.push({ errors: wordErrors(text, transcript.text), ms: transcript.ms });
  }
  const total = totalErrors(results.map(({ errors }) => errors));
  report(
    'whole clips',
    total,
    results.map(({ ms }) => ms),
  );
  expect(total.words).toBeGreaterThan(80);
  expect(total.rate).toBeLessThanOrEqual(0.08);
  const resident = /VmRSS:\s*(\d+) kB/.exec(await readFile(`/proc/${whisper.state.pid}/status`, 'utf8'));
  console.log(`the engine's RSS: ${(Number(resident?.[1]) / 1_000).toFixed(0)} MB`);
});

test('understands what listen() cuts out of it', async () => {
  const results = [];
  for (const { text, samples } of clips.filter((_clip, index) => index % 3 === 1)) {
    const sound = noise.concatenate(noise.silence(0.5), samples, noise.silence(2));
    const options = { endpointMs: 800, maxSeconds: 120, recordingSeconds: 0 };
    const texts: string[] = [];
    for (const outcome of await listenToAll(sound, detector, options)) {
      if (outcome.type === 'empty') continue;
      const transcript = await whisper.transcribe(outcome.audio);
      texts.push(transcript.text);
      expect(promptOf(transcript.text, outcome)).not.toBeNull();
      results.push({ ms: transcript.ms });
    }
    results.push({ errors: wordErrors(text, texts.join(' ')) });
  }
  const total = totalErrors(results.flatMap(({ errors }) => errors ?? []));
  report(
    'through listen()',
    total,
    results.flatMap(({ ms }) => ms ?? []),
  );
  expect(total.rate).toBeLessThanOrEqual(0.08);
});

test('understands a minute of speech', async () => {
  const long = clips.filter(({ speaker }) => speaker === 'lj' || speaker === 'jfk');
  const sound = noise.concatenate(...long.map(({ samples }) => samples));
  expect(sound.length / 16_000).toBeGreaterThan(56);
  const { text, ms } = await whisper.transcribe(sound);
  const errors = wordErrors(long.map((each) => each.text).join(' '), text);
  report(`${(sound.length / 16_000).toFixed(0)} s of speech`, errors, [ms]);
  expect(errors.rate).toBeLessThanOrEqual(0.08);
});

test.each([
  ['silence', noise.silence, 0.5],
  ['hum', noise.hum, 2],
  ['a keyboard', noise.keyboard, 5],
  ['white noise', noise.whiteNoise, 2],
  ['pink noise', noise.pinkNoise, 5],
])('what it writes for %s is no prompt', async (_name, make, seconds) => {
  const { text } = await whisper.transcribe(make(seconds));
  expect(promptOf(text, { speechMs: 128 })).toBeNull();
});
