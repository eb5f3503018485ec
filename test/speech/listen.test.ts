import { describe, expect, test } from 'vitest';
import { EventQueue } from '../../src/event-queue.ts';
import type { AudioFrame } from '../../src/microphone/microphone.ts';
import type { Detector } from '../../src/speech/detector.ts';
import { type ListenEvent, type ListenOptions, type ListenParts, listen } from '../../src/speech/listen.ts';
import { concatenate, silence } from '../support/noise.ts';
import { framesOf } from '../support/speech.ts';

const options: ListenOptions = { endpointMs: 800, maxSeconds: 120, recordingSeconds: 0 };

/** Takes loud frames for speech. */
class LoudnessDetector implements Detector {
  readonly name = 'silero';
  readonly frameSamples = 512;
  takesTones = true;
  resets = 0;
  frames = 0;

  async probability(frame: Float32Array): Promise<number> {
    this.frames += 1;
    return frame.some((sample) => Math.abs(sample) > 0.1) ? 0.9 : 0.05;
  }

  reset(): void {
    this.resets += 1;
  }

  async another(): Promise<LoudnessDetector> {
    return new LoudnessDetector();
  }

  async close(): Promise<void> {}
}

/** Frames of 32 ms of a tone; each sample of one frame is different from those of the next. */
function tone(frames: number): Float32Array {
  return new Float32Array(frames * 512).map((_, index) => 0.5 + (index / (frames * 512)) * 0.4);
}

function quiet(frames: number): Float32Array {
  return silence((frames * 512) / 16_000);
}

async function hear(parts: Partial<ListenParts> & Pick<ListenParts, 'frames'>): Promise<ListenEvent[]> {
  const events: ListenEvent[] = [];
  const all = { detector: new LoudnessDetector(), options, finish: new AbortController().signal, ...parts };
  for await (const event of listen(all)) events.push(event);
  return events;
}

function ended(events: ListenEvent[]): Extract<ListenEvent, { type: 'end' }> {
  const last = events.at(-1);
  if (last?.type !== 'end') throw new Error(`it did not end with speech but with ${JSON.stringify(last)}`);
  return last;
}

describe('silence ends it', () => {
  test('the audio is the speech with 300 ms before and 200 ms after it', async () => {
    const sound = concatenate(quiet(30), tone(20), quiet(60));
    const end = ended(await hear({ frames: framesOf(sound) }));
    expect(end.reason).toBe('silence');
    expect(end.speechMs).toBe(640);
    expect(end.audio).toEqual(sound.slice(30 * 512 - 4_800, 50 * 512 + 3_200));
  });

  test('speech from the first sample on is whole', async () => {
    const sound = concatenate(tone(20), quiet(60));
    const end = ended(await hear({ frames: framesOf(sound, 77) }));
    expect(end.audio).toEqual(sound.slice(0, 20 * 512 + 3_200));
  });

  test('a burst too short to count is kept at the end', async () => {
    const sound = concatenate(tone(20), quiet(10), tone(2), quiet(60));
    const end = ended(await hear({ frames: framesOf(sound) }));
    expect(end.audio).toEqual(sound.slice(0, 32 * 512 + 3_200));
    expect(end.speechMs).toBe(640);
  });

  test('the marks come from the stamps of the frames', async () => {
    const sound = concatenate(quiet(30), tone(20), quiet(60));
    const start = performance.now();
    const events = await hear({ frames: framesOf(sound) });
    const { marks } = ended(events);
    expect(marks.firstFrameAt - start).toBeGreaterThanOrEqual(20);
    expect(marks.firstFrameAt - start).toBeLessThan(1_000);
    expect(marks.speechStartAt - marks.firstFrameAt).toBeCloseTo(30 * 32 - 20, 3);
    expect(marks.speechEndAt - marks.speechStartAt).toBeCloseTo(20 * 32, 3);
    expect(events.find((event) => event.type === 'speech')).toEqual({
      type: 'speech',
      at: marks.speechStartAt,
    });
  });

  test('levels: ten a second, in dBFS', async () => {
    const events = await hear({ frames: framesOf(concatenate(quiet(31), tone(20), quiet(60))) });
    const levels = events.filter((event) => event.type === 'level');
    expect(levels[0]).toEqual({ type: 'level', dbfs: -120, speaking: false });
    const loud = levels.filter((level) => level.speaking && level.dbfs > -12 && level.dbfs < 0);
    expect(loud.length).toBeGreaterThanOrEqual(5);
    expect(levels.length).toBeLessThanOrEqual(26);
  });

  test('nothing said for 6 s is empty', async () => {
    const detector = new LoudnessDetector();
    const events = await hear({ frames: framesOf(quiet(400)), detector });
    expect(events.at(-1)).toEqual({ type: 'empty', reason: 'nothing' });
    expect(detector.frames).toBe(188);
    expect(detector.resets).toBe(1);
  });

  test('maxSeconds ends it while somebody speaks', async () => {
    const end = ended(await hear({ frames: framesOf(tone(400)), options: { ...options, maxSeconds: 3 } }));
    expect(end.reason).toBe('max');
    expect(end.audio.length / 16_000).toBeCloseTo(3, 1);
  });
});

describe('recordingSeconds', () => {
  const fixed = { ...options, recordingSeconds: 5 };

  test('records exactly that long, whatever is said', async () => {
    const sound = concatenate(quiet(10), tone(10), quiet(60), tone(10), quiet(200));
    const end = ended(await hear({ frames: framesOf(sound), options: fixed }));
    expect(end.reason).toBe('length');
    expect(end.audio).toEqual(sound.slice(0, 80_000));
    expect(end.speechMs).toBe(640);
  });

  test('longer than 6 s of silence and than maxSeconds', async () => {
    const sound = concatenate(quiet(300), tone(10), quiet(200));
    const long = { endpointMs: 800, maxSeconds: 5, recordingSeconds: 12 };
    expect(ended(await hear({ frames: framesOf(sound), options: long })).audio).toHaveLength(192_000);
  });

  test('Infinity: a file is heard to its end, pauses and all', async () => {
    const sound = concatenate(quiet(20), tone(10), quiet(300), tone(10), quiet(20));
    const whole = { ...options, maxSeconds: 5, recordingSeconds: Number.POSITIVE_INFINITY };
    const end = ended(await hear({ frames: framesOf(sound), options: whole }));
    expect(end.reason).toBe('source-ended');
    expect(end.audio).toEqual(sound.slice(20 * 512 - 4_800, 340 * 512 + 3_200));
  });

  test('nothing said is empty', async () => {
    const events = await hear({ frames: framesOf(quiet(400)), options: fixed });
    expect(events.at(-1)).toEqual({ type: 'empty', reason: 'length' });
  });
});

describe('the person ends it', () => {
  /** A microphone under the test's control. */
  function microphone() {
    const queue = new EventQueue<AudioFrame>();
    const finish = new AbortController();
    const say = (samples: Float32Array, at = performance.now()): void => queue.push({ samples, at });
    return { queue, finish, say };
  }

  test('what was captured before the press is heard, what comes later is not', async () => {
    const { queue, finish, say } = microphone();
    say(tone(20));
    say(tone(4));
    finish.abort();
    const events = hear({ frames: queue, finish: finish.signal });
    await new Promise(setImmediate);
    say(tone(1), performance.now() + 1);
    say(tone(50), performance.now() + 50);
    const end = ended(await events);
    expect(end.reason).toBe('finished');
    expect(end.audio).toEqual(concatenate(tone(20), tone(4), tone(1)));
  });

  test('at once, even when no more sound comes', async () => {
    const { queue, finish, say } = microphone();
    say(tone(20));
    const events = hear({ frames: queue, finish: finish.signal });
    setTimeout(() => finish.abort(), 20);
    expect(ended(await events).audio).toEqual(tone(20));
  });

  test('a last word that fills no whole frame is judged too', async () => {
    const { queue, finish, say } = microphone();
    say(concatenate(quiet(3), tone(1), tone(1).slice(0, 500)));
    finish.abort();
    expect(ended(await hear({ frames: queue, finish: finish.signal })).speechMs).toBe(64);
  });

  test('nothing said, or a click: empty', async () => {
    for (const sound of [quiet(30), concatenate(quiet(30), tone(1), quiet(10))]) {
      const { queue, finish, say } = microphone();
      say(sound);
      finish.abort();
      const events = await hear({ frames: queue, finish: finish.signal });
      expect(events.at(-1)).toEqual({ type: 'empty', reason: 'finished' });
    }
  });

  test('before the microphone gave anything: empty', async () => {
    const { queue, finish } = microphone();
    finish.abort();
    expect(await hear({ frames: queue, finish: finish.signal })).toEqual([
      { type: 'empty', reason: 'finished' },
    ]);
  });

  test('recordingSeconds is ended too, with all that was recorded of the speech', async () => {
    const { queue, finish, say } = microphone();
    say(concatenate(quiet(5), tone(20)));
    finish.abort();
    const fixed = { ...options, recordingSeconds: 30 };
    const end = ended(await hear({ frames: queue, finish: finish.signal, options: fixed }));
    expect(end.reason).toBe('finished');
    expect(end.audio).toEqual(concatenate(quiet(5), tone(20)));
  });

  test('cancelled: it throws, although the source hangs', async () => {
    const { queue, say } = microphone();
    const cancel = new AbortController();
    say(tone(20));
    const events = hear({ frames: queue, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 20);
    await expect(events).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the source', () => {
  test('a file that ends ends it', async () => {
    const end = ended(await hear({ frames: framesOf(concatenate(quiet(10), tone(2))) }));
    expect(end.reason).toBe('source-ended');
    const events = await hear({ frames: framesOf(quiet(10)) });
    expect(events.at(-1)).toEqual({ type: 'empty', reason: 'source-ended' });
    expect(await hear({ frames: framesOf(quiet(0)) })).toEqual([{ type: 'empty', reason: 'source-ended' }]);
  });

  test('is closed when it is over, and not read any further', async () => {
    let closed = false;
    let read = 0;
    async function* source(): AsyncGenerator<AudioFrame> {
      try {
        for await (const frame of framesOf(concatenate(tone(20), quiet(3_000)))) {
          read += frame.samples.length;
          yield frame;
        }
      } finally {
        closed = true;
      }
    }
    await hear({ frames: source() });
    await new Promise(setImmediate);
    expect(closed).toBe(true);
    expect(read).toBeLessThan(50 * 512);
  });

  test('its failure is thrown', async () => {
    async function* broken(): AsyncGenerator<AudioFrame> {
      yield* framesOf(tone(5));
      throw new Error('unplugged');
    }
    await expect(hear({ frames: broken() })).rejects.toThrow('unplugged');
  });
});

describe('a sound of our own that the microphone hears', () => {
  /** It lasts until so many ms after now. */
  const ownFor = (ms: number) => {
    const until = performance.now() + ms;
    return (at: number): boolean => at <= until;
  };
  const finish = AbortSignal.abort();

  test('begins no utterance, whatever the detector says', async () => {
    for (const parts of [{}, { finish }]) {
      const events = await hear({
        frames: framesOf(concatenate(tone(14), quiet(400))),
        own: ownFor(500),
        ...parts,
      });
      expect(events.at(-1)?.type).toBe('empty');
    }
    const without = await hear({ frames: framesOf(concatenate(tone(14), quiet(400))) });
    expect(without.at(-1)?.type).toBe('end');
  });

  test('is not in the audio of what is said after it', async () => {
    const cue = tone(5);
    const end = ended(
      await hear({ frames: framesOf(concatenate(cue, quiet(4), tone(20), quiet(60))), own: ownFor(175) }),
    );
    // The lead reaches back to the cue's end and not into it.
    expect(end.audio.slice(0, 512)).toEqual(quiet(1));
    expect(end.audio.length).toBe(Math.round((4 + 20) * 512 + 0.2 * 16_000));
  });

  test('does not cost the first word of somebody who speaks into it', async () => {
    const sound = concatenate(tone(30), quiet(60));
    const end = ended(await hear({ frames: framesOf(sound), own: ownFor(300) }));
    expect(end.audio.slice(0, 512)).toEqual(sound.slice(0, 512));
  });
});
