import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Endpointer,
  type EndpointerEvent,
  type EndpointerOptions,
  endpointerDefaults,
} from '../../src/speech/endpointer.ts';

const FRAME_MS = 32;
/** 800 ms are 25 frames, 128 ms are 4. */
const options: EndpointerOptions = {
  ...endpointerDefaults,
  frameMs: FRAME_MS,
  endpointMs: 800,
  maxMs: 120_000,
};

/** Frames of one probability: `speech(10)`, `silence(10)`, `frames(0.4, 10)`. */
const frames = (probability: number, count: number): number[] => new Array<number>(count).fill(probability);
const speech = (count: number): number[] => frames(0.9, count);
const silence = (count: number): number[] => frames(0.02, count);

function run(parts: number[][], changes: Partial<EndpointerOptions> = {}) {
  const endpointer = new Endpointer({ ...options, ...changes });
  const events: EndpointerEvent[] = parts.flat().flatMap((probability) => endpointer.push(probability));
  return { endpointer, events };
}

describe('a sentence', () => {
  test('begins at its first frame and ends after endpointMs of silence', () => {
    const { endpointer, events } = run([silence(10), speech(20), silence(40)]);
    expect(events).toEqual([
      { type: 'speech', frame: 10 },
      { type: 'end', reason: 'silence', frame: 29 + 25 },
    ]);
    expect(endpointer.firstSpeech).toBe(10);
    expect(endpointer.lastSpeech).toBe(29);
    expect(endpointer.speechMs).toBe(20 * FRAME_MS);
  });

  test('goes on after a pause shorter than endpointMs', () => {
    const { endpointer, events } = run([speech(20), silence(24), speech(20), silence(40)]);
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'silence', frame: 63 + 25 });
    expect(endpointer.speechMs).toBe(40 * FRAME_MS);
  });

  test('is told once, when 128 ms of it have been heard', () => {
    expect(run([speech(3)]).events).toEqual([]);
    expect(run([speech(4)]).events).toEqual([{ type: 'speech', frame: 0 }]);
    expect(run([speech(10), silence(10), speech(10)]).events).toEqual([{ type: 'speech', frame: 0 }]);
  });

  test('a short gap does not divide a word', () => {
    const { events } = run([speech(2), silence(2), speech(2)]);
    expect(events).toEqual([{ type: 'speech', frame: 0 }]);
  });

  test('nothing more is told after its end', () => {
    const { events } = run([speech(20), silence(30), speech(20), silence(30)]);
    expect(events.filter((event) => event.type === 'end')).toHaveLength(1);
    expect(events).toHaveLength(2);
  });
});

describe('hysteresis', () => {
  test('between the thresholds speech goes on, but does not begin', () => {
    expect(run([speech(4), frames(0.4, 200)]).events).toEqual([{ type: 'speech', frame: 0 }]);
    expect(run([frames(0.49, 100)]).events).toEqual([]);
  });

  test('says whether the latest frame is speech', () => {
    const { endpointer } = run([speech(1)]);
    expect(endpointer.speaking).toBe(true);
    endpointer.push(0.36);
    expect(endpointer.speaking).toBe(true);
    endpointer.push(0.34);
    expect(endpointer.speaking).toBe(false);
    endpointer.push(0.45);
    expect(endpointer.speaking).toBe(false);
  });
});

describe('clicks', () => {
  test('do not begin an utterance, and do not add up', () => {
    const clicks = Array.from({ length: 12 }, () => [speech(3), silence(8)]).flat();
    const { endpointer, events } = run([...clicks, silence(200)]);
    expect(events).toEqual([{ type: 'end', reason: 'nothing', frame: 187 }]);
    expect(endpointer.speechMs).toBe(0);
  });

  test('do not keep an utterance open', () => {
    const { endpointer, events } = run([speech(20), silence(10), speech(2), silence(40)]);
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'silence', frame: 19 + 25 });
    expect(endpointer.lastSpeech).toBe(19);
    expect(endpointer.lastHeard).toBe(31);
  });

  test('a word that begins just before the endpoint is waited for', () => {
    const { events } = run([speech(20), silence(23), speech(15), silence(40)]);
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'silence', frame: 57 + 25 });
  });

  test('a click just before the endpoint delays it only until it is known to be one', () => {
    const { events } = run([speech(20), silence(23), speech(2), silence(40)]);
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'silence', frame: 44 + 4 });
  });
});

describe('limits', () => {
  test('nothing said for 6 s', () => {
    expect(run([silence(300)]).events).toEqual([{ type: 'end', reason: 'nothing', frame: 187 }]);
  });

  test('who begins just before is heard', () => {
    const { events } = run([silence(186), speech(10), silence(40)]);
    expect(events).toEqual([
      { type: 'speech', frame: 186 },
      { type: 'end', reason: 'silence', frame: 195 + 25 },
    ]);
  });

  test('the longest recording, while somebody speaks and while nobody does', () => {
    expect(run([speech(400)], { maxMs: 3_200 }).events.at(-1)).toEqual({
      type: 'end',
      reason: 'max',
      frame: 99,
    });
    expect(run([silence(400)], { maxMs: 3_200 }).events).toEqual([
      { type: 'end', reason: 'nothing', frame: 99 },
    ]);
  });

  test('without an endpoint it never ends by itself', () => {
    const never = { endpointMs: Infinity, maxMs: Infinity, nothingMs: Infinity };
    expect(run([silence(500), speech(10), silence(5_000)], never).events).toEqual([
      { type: 'speech', frame: 500 },
    ]);
  });
});

describe('the person says that they have finished', () => {
  test('a short word is enough', () => {
    const { endpointer } = run([silence(10), speech(2)]);
    expect(endpointer.firstSpeech).toBeNull();
    expect(endpointer.finish()).toBe(true);
    expect(endpointer.firstSpeech).toBe(10);
    expect(endpointer.lastSpeech).toBe(11);
    expect(endpointer.speechMs).toBe(64);
  });

  test('a click, or nothing, is not', () => {
    expect(run([silence(10), speech(1), silence(5)]).endpointer.finish()).toBe(false);
    expect(run([silence(10)]).endpointer.finish()).toBe(false);
    expect(run([]).endpointer.finish()).toBe(false);
  });

  test('what was counted is not counted again', () => {
    const { endpointer } = run([speech(10), silence(5), speech(2)]);
    expect(endpointer.finish()).toBe(true);
    expect(endpointer.speechMs).toBe(320);
    expect(endpointer.lastHeard).toBe(16);
  });
});

test('whatever is heard: at most one speech, then at most one end, in order, within the limits', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 400 }), (probabilities) => {
      const { endpointer, events } = run([probabilities], { maxMs: 9_600 });
      expect(events.map(({ type }) => type).join()).toMatch(/^(speech)?(,?end)?$/);
      const end = events.find((event) => event.type === 'end');
      if (probabilities.length >= 300) expect(end).toBeDefined();
      if (end?.type === 'end') {
        expect(end.frame).toBeLessThan(300);
        expect(end.reason === 'nothing').toBe(endpointer.firstSpeech === null);
      }
      expect(endpointer.speechMs).toBeLessThanOrEqual(probabilities.length * FRAME_MS);
    }),
  );
});
