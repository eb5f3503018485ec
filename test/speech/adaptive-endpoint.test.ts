import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AdaptiveEndpoint } from '../../src/speech/adaptive-endpoint.ts';
import type { SoundSoFar } from '../../src/speech/listen.ts';
import type { TurnDetector } from '../../src/speech/turn-detector.ts';
import { memoryLog } from '../support/memory-log.ts';

const FRAME = 512;

/** Answers what it is told to, when it is told to. */
class FakeTurn implements TurnDetector {
  readonly state = { state: 'ready' as const };
  warmed = 0;
  readonly asked: { samples: number; answer: (finished: number | null) => void }[] = [];

  warm(): void {
    this.warmed += 1;
  }
  finished(samples: Float32Array): Promise<number | null> {
    return new Promise((answer) => this.asked.push({ samples: samples.length, answer }));
  }
  async close(): Promise<void> {}
}

/** Frames of speech and of silence, without any sound. */
class Sound implements SoundSoFar {
  speaking = false;
  start: number | null = null;
  heardUntil = 0;
  judged = 0;
  speechMs = 0;

  say(frames: number, endpoint: AdaptiveEndpoint): void {
    for (let frame = 0; frame < frames; frame += 1) {
      this.start ??= this.judged;
      this.judged += FRAME;
      this.heardUntil = this.judged;
      this.speaking = true;
      endpoint.follow(this);
    }
  }
  silence(frames: number, endpoint: AdaptiveEndpoint): void {
    for (let frame = 0; frame < frames; frame += 1) {
      this.judged += FRAME;
      this.speaking = false;
      endpoint.follow(this);
    }
  }
  slice(from: number, to: number): Float32Array {
    return new Float32Array(Math.max(0, Math.min(to, this.judged) - from));
  }
}

function setUp(text: () => string | null | undefined = () => 'Fix it now.') {
  const turn = new FakeTurn();
  const heard = () => {
    const said = text();
    return typeof said === 'string' ? { text: said } : said;
  };
  const endpoint = new AdaptiveEndpoint({ turn, endpointMs: 800, text: heard, logger: memoryLog().logger });
  return { turn, endpoint, sound: new Sound() };
}

describe('the turn detector', () => {
  test('that fails is logged, and leaves the silence as it is set', async () => {
    const { logger, lines } = memoryLog();
    const turn: TurnDetector = {
      state: { state: 'ready' },
      warm: () => undefined,
      finished: async () => {
        throw new Error('broken');
      },
      close: async () => undefined,
    };
    const endpoint = new AdaptiveEndpoint({ turn, endpointMs: 800, text: () => null, logger });
    const sound = new Sound();
    sound.say(20, endpoint);
    sound.silence(6, endpoint);
    await setImmediate();
    expect(endpoint.verdict.turn).toBeNull();
    expect(endpoint.endpointMs()).toBe(800);
    expect(lines).toEqual([expect.objectContaining({ stage: 'the judgement of a pause' })]);
  });

  test('is asked once a pause, after 128 ms', () => {
    const { turn, endpoint, sound } = setUp();
    sound.silence(50, endpoint);
    sound.say(20, endpoint);
    sound.silence(3, endpoint);
    expect(turn.asked).toHaveLength(0);
    sound.silence(20, endpoint);
    expect(turn.asked.map(({ samples }) => samples)).toEqual([24 * FRAME]);
    sound.say(2, endpoint);
    sound.silence(6, endpoint);
    expect(turn.asked).toHaveLength(2);
  });

  test('hears no more than the last 8 s', () => {
    const { turn, endpoint, sound } = setUp();
    sound.say(400, endpoint);
    sound.silence(6, endpoint);
    expect(turn.asked[0]?.samples).toBe(128_000);
  });

  test('an answer that comes after more was said is for nobody', async () => {
    const { turn, endpoint, sound } = setUp(() => 'Fix the');
    sound.say(20, endpoint);
    sound.silence(6, endpoint);
    sound.say(1, endpoint);
    turn.asked[0]?.answer(0.99);
    await setImmediate();
    expect(endpoint.endpointMs()).toBe(800);
    sound.silence(6, endpoint);
    expect(endpoint.endpointMs()).toBe(800);
    turn.asked[1]?.answer(0.01);
    await setImmediate();
    expect(endpoint.endpointMs()).toBe(2_000);
  });
});

test('the patience follows both witnesses as they come, and is that of the settings without them', async () => {
  let text: string | null | undefined;
  const { turn, endpoint, sound } = setUp(() => text);
  expect(endpoint.endpointMs()).toBe(800);
  sound.say(20, endpoint);
  sound.silence(6, endpoint);
  expect(endpoint.endpointMs()).toBe(800);
  turn.asked[0]?.answer(0.9);
  await setImmediate();
  expect(endpoint.endpointMs()).toBe(800);
  text = 'Fix it now.';
  expect(endpoint.endpointMs()).toBe(224);
  expect(endpoint.verdict).toEqual({ turn: 0.9, tier: 'finished' });
  text = 'Fix it and';
  expect(endpoint.endpointMs()).toBe(2_000);
  const other = setUp();
  other.sound.say(20, other.endpoint);
  other.sound.silence(6, other.endpoint);
  other.turn.asked[0]?.answer(null);
  await setImmediate();
  expect(other.endpoint.endpointMs()).toBe(800);
});
