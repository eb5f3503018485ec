import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assetPath } from '../../src/single-file/assets.ts';
import { createDetector } from '../../src/speech/create-detector.ts';
import type { Detector } from '../../src/speech/detector.ts';
import { SileroDetector } from '../../src/speech/silero.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { listenToAll } from '../support/listening.ts';
import * as noise from '../support/noise.ts';
import { temporaryFolder } from '../support/process.ts';
import { speechSet } from '../support/speech.ts';

const options = { endpointMs: 800, maxSeconds: 120, recordingSeconds: 0 };
const logger = pino({ level: 'silent' });
const clips = speechSet();

/** A clip as it comes through a microphone: some noise of the room, then silence. */
function spoken(samples: Float32Array): Float32Array {
  const sound = noise.concatenate(noise.silence(0.5), samples, noise.silence(2));
  return noise.mix(sound, noise.whiteNoise(sound.length / 16_000, 7, 0.001));
}

async function probabilities(detector: Detector, sound: Float32Array): Promise<number[]> {
  detector.reset();
  const all: number[] = [];
  for (let at = 0; at + 512 <= sound.length; at += 512) {
    all.push(await detector.probability(sound.subarray(at, at + 512)));
  }
  return all;
}

describe.each(['silero', 'webrtc'] as const)('%s', (name) => {
  let detector: Detector;
  beforeAll(async () => {
    detector = await createDetector(name, logger);
  });
  afterAll(() => detector.close());

  test.each(clips.map((clip) => [clip.id, clip] as const))('%s is found and ended', async (_id, clip) => {
    const outcomes = await listenToAll(spoken(clip.samples), detector, options);
    expect(outcomes[0]?.type).toBe('end');
    expect(outcomes[0]?.reason).toBe('silence');
    const speechMs = outcomes.reduce((sum, each) => sum + (each.type === 'end' ? each.speechMs : 0), 0);
    expect(speechMs / 1_000).toBeGreaterThan(clip.duration * 0.5);
    expect(speechMs / 1_000).toBeLessThan(clip.duration + 0.3);
  });

  test('the same sound gives the same answer after reset()', async () => {
    const sound = clips[0]?.samples ?? noise.silence(1);
    const first = await probabilities(detector, sound);
    expect(await probabilities(detector, sound)).toEqual(first);
    expect(Math.max(...first)).toBeGreaterThan(0.9);
    expect(first.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
  });

  test('silence is no speech', async () => {
    const outcomes = await listenToAll(noise.silence(60), detector, options);
    expect(new Set(outcomes.map(({ type }) => type))).toEqual(new Set(['empty']));
  });

  test('two recordings at the same time do not disturb each other', async () => {
    const [first, second] = [clips[0]?.samples ?? noise.silence(1), noise.pinkNoise(3)];
    const alone = [await probabilities(detector, first), await probabilities(detector, second)];
    const another = await detector.another();
    const together = await Promise.all([probabilities(detector, first), probabilities(another, second)]);
    await another.close();
    expect(together).toEqual(alone);
    expect(await probabilities(detector, first)).toEqual(alone[0]);
  });

  test('a frame of another length is refused', async () => {
    await expect(detector.probability(new Float32Array(480))).rejects.toThrow(RangeError);
  });
});

describe('silero', () => {
  let detector: Detector;
  beforeAll(async () => {
    detector = await createDetector('silero', logger);
  });
  afterAll(() => detector.close());

  const seconds = EVERY_CASE ? 60 : 30;
  test.each([
    ['hum', noise.hum(seconds)],
    ['a keyboard', noise.keyboard(seconds)],
    ['another keyboard', noise.keyboard(seconds, 77)],
    ['silence', noise.silence(seconds)],
    ['white noise', noise.whiteNoise(seconds)],
    ['pink noise', noise.pinkNoise(seconds)],
  ])('no false start in a minute of %s', async (_name, sound) => {
    const outcomes = await listenToAll(sound, detector, options);
    expect(outcomes).toHaveLength(seconds / 6);
    expect(outcomes.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      ...new Array<string>(seconds / 6 - 1).fill('empty nothing'),
      'empty source-ended',
    ]);
  });

  test.each([
    ['hum', noise.hum(20, 3)],
    ['a keyboard', noise.keyboard(20, 3)],
    ['pink noise', noise.pinkNoise(20, 3)],
  ])('every clip ends over %s', async (_name, sound) => {
    for (const clip of clips.filter((_, at) => EVERY_CASE || at % 4 === 0)) {
      const outcomes = await listenToAll(noise.mix(spoken(clip.samples), sound), detector, options);
      expect([clip.id, outcomes[0]?.type, outcomes[0]?.reason]).toEqual([clip.id, 'end', 'silence']);
    }
  });

  test('is quick enough for two cores', async () => {
    const started = performance.now();
    const { length } = await probabilities(detector, noise.pinkNoise(30));
    console.log(`silero: ${((performance.now() - started) / length).toFixed(3)} ms a frame of 32 ms`);
  });
});

describe('weights that are not those', () => {
  test.each([
    ['altered', async (path: string) => writeFile(path, alter(await readFile(path)))],
    ['truncated', (path: string) => truncate(path, 100_000)],
    ['empty', (path: string) => truncate(path, 0)],
  ])('%s: detector-failed, before they are loaded', async (_name, damage) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'silero.onnx');
    await copyFile(assetPath('detector/silero_vad_16k_op15.onnx'), path);
    await damage(path);
    await expect(SileroDetector.load(path)).rejects.toMatchObject({
      code: 'detector-failed',
      message: expect.stringContaining(path),
      hint: expect.stringContaining('Install'),
    });
  });

  test('missing: detector-failed', async () => {
    const failure = SileroDetector.load('/nowhere/silero.onnx');
    await expect(failure).rejects.toMatchObject({
      code: 'detector-failed',
      message: expect.stringContaining('/nowhere/silero.onnx'),
    });
  });

  function alter(bytes: Buffer): Buffer {
    bytes.writeUInt8(bytes.readUInt8(500_000) ^ 1, 500_000);
    return bytes;
  }
});
