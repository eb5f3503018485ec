import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { temporaryFolder } from '../support/process.ts';
import { writeWav } from '../support/write-wav.ts';

const SPOKEN = Float32Array.from({ length: 8_000 }, (_, index) => (index % 200) / 256);

function open(device: string) {
  return openMicrophone({
    device,
    backend: 'file',
    keepOpen: false,
    env: {},
    logger: pino({ level: 'silent' }),
    onTrouble: () => undefined,
  });
}

async function record(device: string, wanted: number) {
  const microphone = open(device);
  const stop = new AbortController();
  const begin = performance.now();
  const samples: number[] = [];
  for await (const frame of microphone.record(stop.signal)) {
    samples.push(...frame.samples);
    if (samples.length >= wanted) stop.abort();
  }
  await microphone.close();
  return { samples: Float32Array.from(samples), ms: performance.now() - begin, state: microphone.state };
}

describe('a sound file instead of a microphone', () => {
  it('is heard at the speed at which it was spoken, then silence, each time from its beginning', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'clip.wav');
    await writeWav(path, SPOKEN);
    for (const _ of [1, 2]) {
      const { samples, ms, state } = await record(path, 9_600);
      expect(samples.subarray(0, 8_000)).toEqual(SPOKEN);
      expect(samples.subarray(8_000).every((sample) => sample === 0)).toBe(true);
      expect(ms).toBeGreaterThan(560);
      expect(state).toMatchObject({ backend: 'file', device: path, source: path, refused: [] });
    }
  });

  it('is heard as quickly as it can be read behind "quick:", then silence as it passes', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'clip.wav');
    await writeWav(path, SPOKEN);
    const quick = await record(`quick:${path}`, 80_000);
    expect(quick.samples.subarray(0, 8_000)).toEqual(SPOKEN);
    expect(quick.ms).toBeLessThan(4_000);
    const long = await record(`quick:${path}`, 8_000 + 6 * 16_000 + 3_200);
    expect(long.ms).toBeGreaterThan(180);
  });

  it('that is not there is named', async () => {
    await expect(record('/nowhere/clip.wav', 1)).rejects.toMatchObject({
      code: 'audio-invalid',
      message: expect.stringContaining('/nowhere/clip.wav'),
    });
  });
});
