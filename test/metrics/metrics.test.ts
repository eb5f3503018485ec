import { expect, test } from 'vitest';
import { percentilesOf, stagePercentiles } from '../../src/metrics/percentiles.ts';
import { Stopwatch, timingsOf } from '../../src/metrics/timings.ts';

test('each timing is the time between its two marks', () => {
  const marks = {
    pressedAt: 1_000,
    firstFrameAt: 1_040.26,
    speechStartAt: 1_300,
    speechEndAt: 3_300,
    endpointAt: 4_100,
    textAt: 4_350,
    acceptedAt: 4_420,
    firstDeltaAt: 4_500,
    completedAt: 6_420,
    notifiedAt: 6_430,
  };
  expect(timingsOf(marks, 240.04)).toEqual({
    microphone: 40.3,
    speech: 2_000,
    endpoint: 800,
    transcription: 240,
    transcript_wait: 250,
    delivery: 70,
    first_token: 80,
    answer: 2_000,
    notify: 10,
    loop: 1_200,
  });
});

test('a stage that did not happen is absent; a text that was ready early was not waited for', () => {
  expect(timingsOf({ acceptedAt: 5, completedAt: 9 })).toEqual({ answer: 4 });
  expect(timingsOf({ endpointAt: 100, textAt: 60 })).toEqual({ transcript_wait: 0 });
  expect(timingsOf({})).toEqual({});
});

test('the first stamp of a mark counts', () => {
  const stopwatch = new Stopwatch();
  stopwatch.marks({ speechEndAt: 10, endpointAt: 30 });
  stopwatch.mark('firstDeltaAt', 50);
  stopwatch.mark('firstDeltaAt', 90);
  stopwatch.transcribed(7);
  expect(stopwatch.timings).toEqual({ endpoint: 20, loop: 40, transcription: 7 });
});

test('a mark without a time is now', () => {
  const stopwatch = new Stopwatch();
  stopwatch.mark('acceptedAt', performance.now() - 1_000);
  stopwatch.mark('completedAt');
  expect(stopwatch.timings.answer).toBeGreaterThanOrEqual(1_000);
  expect(stopwatch.timings.answer).toBeLessThan(60_000);
});

test('percentiles are times that were measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentilesOf(values)).toEqual({ count: 100, min: 1, median: 50, p95: 95, p99: 99, max: 100 });
  expect(percentilesOf([7])).toEqual({ count: 1, min: 7, median: 7, p95: 7, p99: 7, max: 7 });
  expect(percentilesOf([])).toBeNull();
});

test('stages in the order of the loop, without those that never happened', () => {
  const stages = stagePercentiles([{ loop: 900, speech: 10 }, { loop: 1_100 }, {}]);
  expect(Object.keys(stages)).toEqual(['speech', 'loop']);
  expect(stages.loop).toMatchObject({ count: 2, median: 900, max: 1_100 });
});
