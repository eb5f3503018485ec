import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { VoiceError } from '../../src/errors.ts';
import { promptOf } from '../../src/interpretation/clean.ts';
import { Endpointer, endpointerDefaults } from '../../src/speech/endpointer.ts';
import type { SoundSoFar } from '../../src/speech/listen.ts';
import { Recording } from '../../src/speech/recording.ts';
import { LiveTranscript, type Pace } from '../../src/transcription/live-transcript.ts';
import { FakeTranscriber, sampleOf } from './fake-transcriber.ts';

const FRAME = 512;
const FRAME_MS = 32;
const PHRASES = ['npm', 'parse config'];

/** So many frames of a word, of silence (null) or of a click. */
type Part = [what: number | null | 'click', frames: number];

/** Somebody who speaks; each frame is judged as listen() does. */
class Speaker implements SoundSoFar {
  readonly transcriber: FakeTranscriber;
  readonly live: LiveTranscript;
  readonly pace: Pace = { ms: 10 };
  readonly partials: { text: string; stable: number }[] = [];
  readonly #recording = new Recording();
  readonly #endpointer = new Endpointer({
    ...endpointerDefaults,
    frameMs: FRAME_MS,
    endpointMs: Number.POSITIVE_INFINITY,
    maxMs: Number.POSITIVE_INFINITY,
    nothingMs: Number.POSITIVE_INFINITY,
  });

  constructor(transcriber: FakeTranscriber) {
    this.transcriber = transcriber;
    this.live = new LiveTranscript({
      transcriber,
      pace: this.pace,
      phrases: () => PHRASES,
      onPartial: (text, stable) => this.partials.push({ text, stable }),
      clean: (text, speechMs) => promptOf(text, { speechMs }),
      logger: pino({ level: 'silent' }),
    });
  }

  get speaking(): boolean {
    return this.#endpointer.speaking;
  }
  get start(): number | null {
    const { firstSpeech } = this.#endpointer;
    return firstSpeech === null ? null : Math.max(0, firstSpeech * FRAME - 4_800);
  }
  get heardUntil(): number {
    return ((this.#endpointer.lastHeard ?? -1) + 1) * FRAME;
  }
  get judged(): number {
    return this.#recording.length;
  }
  get speechMs(): number {
    return this.#endpointer.speechMs;
  }
  slice(from: number, to: number): Float32Array {
    return this.#recording.slice(from, to);
  }

  /** @param each called after each frame */
  async say(parts: Part[], each: () => void = () => undefined): Promise<void> {
    for (const [what, frames] of parts) {
      for (let frame = 0; frame < frames; frame += 1) {
        const value = what === null ? 0 : what === 'click' ? -0.5 : sampleOf(what);
        this.#recording.append(new Float32Array(FRAME).fill(value));
        this.#endpointer.push(what === null ? 0.02 : 0.9);
        this.live.follow(this);
        each();
        await this.transcriber.tick();
      }
    }
  }

  /** Ends the recording; the engine works until the text is there. */
  async finish(signal?: AbortSignal): Promise<string> {
    this.#endpointer.finish();
    const audio = this.slice(this.start ?? 0, this.heardUntil + 3_200);
    let settled = false;
    const text = this.live.finish(this, audio, signal).finally(() => {
      settled = true;
    });
    text.catch(() => undefined);
    while (!settled) await this.transcriber.tick();
    return (await text).text;
  }
}

function speaker(ticks: () => number = () => 1): Speaker {
  const transcriber = new FakeTranscriber();
  transcriber.ticks = ticks;
  return new Speaker(transcriber);
}

/** A second of a word. */
const word = (number: number, frames = 31): Part => [number, frames];
const pause = (frames: number): Part => [null, frames];
/** Words without a pause of 500 ms between them. */
const sentence = (from: number, words: number): Part[] =>
  Array.from({ length: words }, (_, index) => [word(from + index), pause(3)]).flat() as Part[];

describe('speculation', () => {
  test('the decode that began in the silence is the final text, and the only one that counts', async () => {
    const who = speaker(() => 5);
    await who.say([word(1, 12), pause(30)]);
    const before = who.transcriber.calls.length;
    expect(who.live.pauseText).toEqual({ text: 'w1' });
    expect(await who.finish()).toBe('w1');
    expect(who.transcriber.calls).toHaveLength(before);
    expect(who.transcriber.calls.filter(({ yields }) => !yields)).toHaveLength(1);
  });

  test('begins 64 ms after the last frame of speech', async () => {
    const who = speaker();
    await who.say([word(1, 12), pause(1)]);
    expect(who.transcriber.calls).toHaveLength(0);
    await who.say([pause(1)]);
    expect(who.transcriber.calls).toHaveLength(1);
  });

  test('is awaited when the end comes first', async () => {
    const who = speaker(() => 100);
    await who.say([word(1, 12), pause(10)]);
    expect(who.live.pauseText).toBeUndefined();
    expect(await who.finish()).toBe('w1');
    expect(who.transcriber.calls).toHaveLength(1);
  });

  test('ends with the first frame of more speech, also when it is ready', async () => {
    for (const ticks of [100, 1]) {
      const who = speaker(() => ticks);
      await who.say([word(1, 12), pause(8)]);
      const [first] = who.transcriber.calls;
      await who.say([word(2, 1)]);
      expect(first?.state).toBe(ticks === 100 ? 'aborted' : 'done');
      expect(who.live.pauseText).toBeUndefined();
      await who.say([word(2, 11), pause(8)]);
      expect(await who.finish()).toBe('w1 w2');
    }
  });

  test('the person ends it in the middle of a word: all of it is decoded', async () => {
    const who = speaker(() => 3);
    await who.say([word(1, 12), pause(8), word(2, 6)]);
    expect(await who.finish()).toBe('w1 w2');
  });

  test('a short word that only the end of the recording makes one', async () => {
    const who = speaker();
    await who.say([pause(10), word(1, 2)]);
    expect(who.transcriber.calls).toHaveLength(0);
    expect(await who.finish()).toBe('w1');
  });

  test('one that failed is tried again when it is needed; what fails then is told', async () => {
    const who = speaker();
    who.transcriber.failure = new Error('out of memory');
    await who.say([word(1, 12), pause(10)]);
    expect(who.live.pauseText).toBeUndefined();
    who.transcriber.failure = null;
    expect(await who.finish()).toBe('w1');
    const other = speaker();
    await other.say([word(1, 12)]);
    other.transcriber.failure = new Error('out of memory');
    await expect(other.finish()).rejects.toThrow('out of memory');
    expect(other.transcriber.calls).toHaveLength(1);
  });

  test('one that was not understood is not tried again', async () => {
    const who = speaker();
    who.transcriber.failure = new VoiceError('speech-unclear', 'It was not understood.', 'Say it again.');
    await who.say([word(1, 12), pause(10)]);
    await expect(who.finish()).rejects.toMatchObject({ code: 'speech-unclear' });
    expect(who.transcriber.calls).toHaveLength(1);
  });

  test('cancelled, before and after the end: nothing runs any more', async () => {
    const who = speaker(() => 1_000);
    await who.say([word(1, 12), pause(8)]);
    who.live.close();
    expect(who.transcriber.idle).toBe(true);
    const other = speaker(() => 1_000);
    await other.say([word(1, 12), pause(8)]);
    const cancel = new AbortController();
    const text = other.finish(cancel.signal);
    cancel.abort();
    await expect(text).rejects.toMatchObject({ name: 'AbortError' });
    expect(other.transcriber.idle).toBe(true);
  });
});

describe('partial texts', () => {
  test('come while the speaker goes on, and say what is settled', async () => {
    const who = speaker(() => 3);
    await who.say(sentence(1, 5));
    expect(who.partials.length).toBeGreaterThanOrEqual(12);
    for (const { text, stable } of who.partials) expect(text.slice(0, stable)).toMatch(/^(w\d( |$))*$/);
    expect(who.partials.at(-1)?.stable).toBeGreaterThan(8);
  });

  test('come at least every 300 ms once 600 ms of speech were heard', async () => {
    const who = speaker(() => 2);
    const frames: number[] = [];
    let frame = 0;
    await who.say([word(1, 100)], () => {
      frame += 1;
      if (who.partials.length > frames.length) frames.push(frame);
    });
    expect((frames[0] ?? Number.NaN) * FRAME_MS).toBeLessThanOrEqual(600 + 2 * FRAME_MS);
    const intervals = frames.slice(1).map((at, index) => (at - (frames[index] ?? 0)) * FRAME_MS);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(300);
    expect(frames.length).toBeGreaterThan(9);
  });

  test('are the draft of the next decode of the same sound, and each decode is told the phrases', async () => {
    const who = speaker(() => 3);
    await who.say([word(1, 20), pause(1), word(2, 30), pause(6)]);
    const [first, ...later] = who.transcriber.calls;
    expect(first?.draft).toBeUndefined();
    expect(later.map(({ draft }) => draft)).toContain('w1 w2');
    expect(who.transcriber.calls.at(-1)).toMatchObject({ yields: false, draft: 'w1 w2' });
    for (const { phrases } of who.transcriber.calls) expect(phrases).toBe(PHRASES);
  });

  test('of one piece are no draft of the next', async () => {
    const who = speaker(() => 3);
    await who.say([...sentence(1, 17), pause(20), word(18, 18)]);
    expect(who.transcriber.calls.at(-1)).toMatchObject({ yields: true, draft: undefined });
  });

  test('give way to the decode that counts', async () => {
    const who = speaker(() => 20);
    await who.say([word(1, 20), pause(4)]);
    const [partial, guess] = who.transcriber.calls;
    expect(partial).toMatchObject({ yields: true, state: 'aborted' });
    expect(guess).toMatchObject({ yields: false, state: 'running' });
  });

  test('the engine has half of its time off', async () => {
    const who = speaker(() => 10);
    let busy = 0;
    await who.say([word(1, 300)], () => {
      if (!who.transcriber.idle) busy += 1;
    });
    expect(busy / 300).toBeLessThan(0.5);
    expect(busy / 300).toBeGreaterThan(0.2);
  });

  test('an engine that needs longer than a second for a text shows none', async () => {
    const who = speaker(() => 1);
    const { transcribe } = who.transcriber;
    who.transcriber.transcribe = async (...args) => {
      const { text } = await transcribe.apply(who.transcriber, args);
      return { text, ms: 2_000 };
    };
    await who.say([word(1, 12), pause(5), word(2, 200)]);
    expect(who.transcriber.calls.filter(({ yields }) => yields)).toHaveLength(0);
  });

  test('nor does one of which that is known, or nothing; and it is asked later in a pause', async () => {
    for (const ms of [2_000, null]) {
      const who = speaker();
      who.pace.ms = ms;
      await who.say([word(1, 100), pause(7)]);
      expect(who.transcriber.calls).toHaveLength(0);
      await who.say([pause(1)]);
      expect(who.transcriber.calls).toHaveLength(1);
      expect(who.pace.ms).toBe(10);
      await who.say([word(2, 100)]);
      expect(who.transcriber.calls.filter(({ yields }) => yields).length).toBeGreaterThan(0);
    }
  });

  test('what an engine writes for noise is not shown', async () => {
    const who = speaker();
    await who.say([word(1, 12)]);
    who.transcriber.transcribe = async () => ({ text: 'Thank you very much.', ms: 1 });
    await who.say([pause(20)]);
    expect(who.partials).toEqual([]);
  });
});

describe('a long dictation', () => {
  test('is decoded at its pauses while it goes on', async () => {
    const who = speaker(() => 15);
    await who.say([
      ...sentence(1, 17),
      pause(20),
      ...sentence(18, 17),
      pause(20),
      ...sentence(35, 2),
      pause(30),
    ]);
    expect(who.live.pauseText?.text).toBe(words(1, 36));
    const before = who.transcriber.calls.length;
    expect(await who.finish()).toBe(words(1, 36));
    expect(who.transcriber.calls).toHaveLength(before);
    const long = who.transcriber.calls.filter(({ audio }) => audio.length > 20 * 16_000);
    expect(long).toEqual([]);
  });

  test('a piece that is being decoded is not ended by more speech', async () => {
    const who = speaker(() => 40);
    await who.say([...sentence(1, 17), pause(18), ...sentence(18, 1)]);
    const piece = who.transcriber.calls.findLast(
      ({ yields, audio }) => !yields && audio.length > 16 * 16_000,
    );
    expect(piece?.state).toBe('done');
    expect(await who.finish()).toBe(words(1, 18));
  });

  test('without a pause: never more than Whisper hears at once', async () => {
    const who = speaker(() => 10);
    await who.say([...sentence(1, 70), pause(30)]);
    expect(await who.finish()).toBe(words(1, 70));
    expect(Math.max(...who.transcriber.calls.map(({ audio }) => audio.length))).toBeLessThan(28 * 16_000);
  });

  test('without any gap at all it is divided where it is quietest', async () => {
    const who = speaker(() => 10);
    await who.say([[1, 900]]);
    await who.say([word(2, 40), pause(10)]);
    const text = await who.finish();
    expect(text.split(' ').at(-1)).toBe('w2');
    expect(Math.max(...who.transcriber.calls.map(({ audio }) => audio.length))).toBeLessThan(28 * 16_000);
  });

  test('noise after a piece adds nothing', async () => {
    const who = speaker();
    await who.say([...sentence(1, 17), pause(20), ['click', 2], pause(20)]);
    expect(await who.finish()).toBe(words(1, 17));
    const other = speaker();
    await other.say([...sentence(1, 17), pause(20), ['click', 2]]);
    expect(await other.finish()).toBe(words(1, 17));
  });
});

function words(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `w${from + index}`).join(' ');
}

test('whatever is said and however slow the engine is: every word once, in order, of this utterance alone', async () => {
  const part = fc.record({
    speech: fc.integer({ min: 4, max: 120 }),
    silence: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 })),
    click: fc.boolean(),
  });
  const utterances = fc.array(fc.array(part, { minLength: 1, maxLength: 14 }), {
    minLength: 1,
    maxLength: 3,
  });
  const speeds = fc.infiniteStream(fc.integer({ min: 1, max: 60 }));
  await fc.assert(
    fc.asyncProperty(utterances, speeds, fc.boolean(), async (said, speed, endsAtOnce) => {
      const transcriber = new FakeTranscriber();
      transcriber.ticks = () => speed.next().value;
      let next = 1;
      const finished: Promise<void>[] = [];
      for (const parts of said) {
        const who = new Speaker(transcriber);
        const spoken: string[] = [];
        for (const { speech, silence, click } of parts) {
          spoken.push(`w${next}`);
          await who.say([[next, speech], pause(silence)]);
          if (click) await who.say([['click', 2], pause(5)]);
          next += 1;
        }
        const check = async (): Promise<void> => expect(await who.finish()).toBe(spoken.join(' '));
        // The next one may begin while the last one's text is being made.
        if (endsAtOnce) await check();
        else finished.push(check());
      }
      await Promise.all(finished);
      expect(transcriber.idle).toBe(true);
    }),
    { numRuns: 40 },
  );
});
