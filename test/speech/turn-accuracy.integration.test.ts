import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SileroDetector } from '../../src/speech/silero.ts';
import { EarHost } from '../../src/transcription/ear/host.ts';
import { concatenate, silence } from '../support/noise.ts';
import { speechSet } from '../support/speech.ts';
import { deepestDips, silencesIn } from '../support/stops.ts';

const asked = (sound: Float32Array, from: number) => sound.slice(0, from + 192 * 16);

describe('smart-turn on the speech set', () => {
  const turn = new EarHost({ logger: pino({ level: 'silent' }) }).turnDetector;
  let detector: SileroDetector;
  beforeAll(async () => {
    detector = await SileroDetector.load();
    await turn.ready();
  });
  afterAll(async () => {
    await turn.close();
    await detector.close();
  });

  test('hears what was published: most real ends, and fewer of the stops in the middle of a sentence', async () => {
    const [ends, stops]: [number[], number[]] = [[], []];
    for (const { samples, text } of speechSet()) {
      const whole = concatenate(silence(0.5), samples, silence(1));
      const end = (await silencesIn(whole, detector)).at(-1);
      // The clips of lj are pieces of sentences; the others are whole ones, not all with a full stop in their text.
      if (end && !/,$/.test(text)) ends.push((await turn.finished(asked(whole, end.from))) ?? Number.NaN);
      for (const at of deepestDips(samples, 2)) {
        const stopped = concatenate(silence(0.5), samples.subarray(0, at), silence(1));
        const stop = (await silencesIn(stopped, detector)).at(-1);
        if (stop) stops.push((await turn.finished(asked(stopped, stop.from))) ?? Number.NaN);
      }
    }
    const share = (values: number[]): number => values.filter((each) => each >= 0.5).length / values.length;
    console.log(
      `at 0.5: ${(100 * share(ends)).toFixed(0)} % of ${ends.length} ends recognised, ` +
        `${(100 * share(stops)).toFixed(0)} % of ${stops.length} stops taken for one`,
    );
    expect([...ends, ...stops].every((each) => each >= 0 && each <= 1)).toBe(true);
    expect(share(ends)).toBeGreaterThan(0.75);
    expect(share(stops)).toBeLessThan(0.45);
  });
});
