import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LiveListening } from '../../src/listening/live-listening.ts';
import type { AudioFrame } from '../../src/microphone/microphone.ts';
import { resolveModel } from '../../src/models/catalogue.ts';
import { type ListenEvent, listen } from '../../src/speech/listen.ts';
import { SileroDetector } from '../../src/speech/silero.ts';
import { createEngine } from '../../src/transcription/create-engine.ts';
import { EarHost } from '../../src/transcription/ear/host.ts';
import type { Pace } from '../../src/transcription/live-transcript.ts';
import type { Transcriber } from '../../src/transcription/transcriber.ts';
import { TRADE_PHRASES } from '../../src/vocabulary/phrases.ts';
import { concatenate, silence } from '../support/noise.ts';
import { waitFor } from '../support/process.ts';
import { type Clip, clip, framesOf, speechSet } from '../support/speech.ts';
import { deepestDips, silencesIn } from '../support/stops.ts';
import { totalErrors, wordErrors } from '../support/wer.ts';

const logger = pino({ level: 'silent' });
const model = resolveModel('tiny.en', { home: '/', folder: '/' });
/** As quick as on a quiet machine, however busy this one is. */
const pace: Pace = Object.defineProperty({ ms: 480 }, 'ms', { get: () => 480, set: () => undefined });
const options = { endpointMs: 800, maxSeconds: 120, recordingSeconds: 0 };

/** What became of one recording. */
interface Heard {
  text: string;
  /** Of the detector's last frame of speech until the end was declared, ms of sound. */
  endpointMs: number;
  reason: string;
  partials: { text: string; stable: number }[];
  /** Decodes that were asked for after the end of the recording. */
  late: number;
  rest: Float32Array;
}

/** All parts of listening with the real networks, but as slowly as they need: a busy machine changes no result. */
describe('an utterance while it is spoken', { timeout: 400_000 }, () => {
  // One thread: of two, each waits for the other by spinning, which is dear where other tests run.
  const whisper = createEngine(model, { language: 'en', threads: 1, logger });
  const turn = new EarHost({ logger }).turnDetector;
  let detector: SileroDetector;
  let asked = 0;
  /** Partial texts take a decode a second. */
  let withPartials = false;
  /** Counts what is asked of the engine. */
  const counted: Transcriber = {
    get state() {
      return whisper.state;
    },
    ready: () => whisper.ready(),
    close: () => whisper.close(),
    transcribe: async (audio, how) => {
      if (how?.yields && !withPartials) throw new DOMException('busy', 'AbortError');
      asked += 1;
      return whisper.transcribe(audio, how);
    },
  };
  beforeAll(async () => {
    detector = await SileroDetector.load();
    await Promise.all([whisper.ready(), turn.ready()]);
  });
  afterAll(async () => {
    await Promise.all([whisper.close(), turn.close(), detector.close()]);
  });

  async function hear(sound: Float32Array, { parallel = true, adaptive = true } = {}): Promise<Heard> {
    let answering = 0;
    const watched = {
      ...{ state: turn.state, warm: () => turn.warm(), close: async () => undefined },
      finished: (samples: Float32Array) => {
        answering += 1;
        return turn.finished(samples).finally(() => {
          answering -= 1;
        });
      },
    };
    const live = new LiveListening({
      transcriber: counted,
      pace,
      parallel,
      turn: adaptive ? watched : null,
      endpointMs: 800,
      logger,
    });
    const partials: Heard['partials'] = [];
    live.attach(
      (text, stable) => partials.push({ text, stable }),
      () => TRADE_PHRASES,
    );
    let taken = 0;
    async function* frames(): AsyncGenerator<AudioFrame> {
      for await (const frame of framesOf(sound, 512)) {
        taken += frame.samples.length;
        yield frame;
        // The next frame of sound comes when the parts have done with this one.
        while (answering > 0 || whisper.state.state === 'busy') await delay(1);
      }
    }
    const finish = new AbortController().signal;
    let end: ListenEvent | undefined;
    for await (const event of listen({ frames: frames(), detector, options, follower: live, finish }))
      end = event;
    const rest = sound.subarray(taken);
    // The noise of a room behind a clip.
    if (end?.type !== 'end') return { text: '', endpointMs: 0, reason: 'empty', partials, late: 0, rest };
    const before = asked;
    const { text } = await live.finish(end, new AbortController().signal);
    live.close();
    const endpointMs = (taken - end.sound.heardUntil) / 16;
    return {
      text,
      endpointMs,
      reason: end.reason,
      partials,
      late: asked - before,
      rest,
    };
  }

  // Every third clip: `npm run bench -- --only comparison` and `bench:endpoint` have them all.
  test('the text is there when the end is declared, and as good as after it', async () => {
    const errors = [];
    const delays: number[] = [];
    for (const { id, samples, text } of every(3)) {
      const texts: string[] = [];
      // What is cut at a real pause goes on in the next recording.
      for (
        let rest = concatenate(silence(0.5), samples, silence(2.5));
        rest.some((sample) => sample !== 0);
      ) {
        const heard = await hear(rest);
        texts.push(heard.text);
        rest = heard.rest as typeof rest;
        expect(heard.late).toBe(0);
        if (/[.?!]$/.test(heard.text)) delays.push(heard.endpointMs);
      }
      const wrong = wordErrors(text, texts.join(' '));
      if (texts.filter(Boolean).length > 1) console.log(`${id} is cut: ${texts.join(' | ')}`);
      errors.push(wrong);
    }
    const { rate } = totalErrors(errors);
    const sorted = delays.toSorted((a, b) => a - b);
    console.log(
      `WER ${(100 * rate).toFixed(1)} %; ends of sentences after ${sorted.map(Math.round).join(' ')} ms of silence`,
    );
    expect(rate).toBeLessThanOrEqual(0.065);
    // Two out of three are recognised; nobody waits longer than for what is not finished.
    expect(sorted[Math.floor(sorted.length * 0.66)]).toBeLessThan(520);
    expect(sorted.at(-1)).toBeLessThan(2_100);
  });

  test('who stops for 1.5 s in the middle of a sentence is mostly waited for', async () => {
    let survived = 0;
    // As `npm run bench:endpoint -- --stops 3` does, for every third clip.
    const stops = every(3).flatMap(({ samples }) => deepestDips(samples, 3).map((at) => ({ samples, at })));
    for (const { samples, at } of stops) {
      const stopped = concatenate(silence(0.5), samples.subarray(0, at), silence(2.5));
      const { from } = (await silencesIn(stopped, detector)).at(-1) ?? { from: 0 };
      const sound = stopped.subarray(0, from + 24_000);
      const { reason } = await hear(sound);
      if (reason === 'source-ended') survived += 1;
    }
    console.log(`stops of 1.5 s that are waited for: ${survived} of ${stops.length}`);
    expect(survived / stops.length).toBeGreaterThanOrEqual(0.6);
  });

  test('the words so far are shown, and what is called settled stays', async () => {
    withPartials = true;
    const { samples } = clip('lj-0005');
    const { partials, text } = await hear(concatenate(silence(0.3), samples, silence(2.5)));
    expect(partials.length).toBeGreaterThanOrEqual(3);
    for (const [index, { text: shown, stable }] of partials.entries()) {
      const before = partials[index - 1];
      if (before) expect(shown.slice(0, before.stable)).toBe(before.text.slice(0, before.stable));
      expect(stable).toBeLessThanOrEqual(shown.length);
    }
    withPartials = false;
    expect(text).toContain('metal letters');
    expect(partials.at(-1)?.stable).toBeGreaterThan(10);
  });

  test.each([0, 0.6])('a long dictation with pauses of %s s is understood in pieces', async (pause) => {
    // As much as needs a division without a pause (27 s), and two pieces with pauses (16 s each).
    const said = speechSet().slice(0, 5);
    const sound = concatenate(...said.flatMap(({ samples }) => [samples, silence(pause)]), silence(1));
    const text = said.map((each) => each.text).join(' ');
    const whole = wordErrors(text, (await whisper.transcribe(sound)).text);
    const parts: string[] = [];
    let longest = 0;
    const { transcribe } = counted;
    counted.transcribe = (audio, how) => {
      longest = Math.max(longest, audio.length / 16_000);
      return transcribe(audio, how);
    };
    // What is cut at a real pause goes on in the next recording.
    for (let rest = concatenate(silence(0.3), sound, silence(2.5)); rest.some((sample) => sample !== 0); ) {
      const heard = await hear(rest, { adaptive: false });
      parts.push(heard.text);
      rest = heard.rest as typeof rest;
    }
    counted.transcribe = transcribe;
    const errors = wordErrors(text, parts.join(' '));
    const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
    console.log(
      `${(sound.length / 16_000).toFixed(0)} s, pauses of ${pause} s: WER ${percent(errors.rate)} in pieces, ` +
        `${percent(whole.rate)} in one, ${parts.length} recordings, longest decode ${longest.toFixed(1)} s`,
    );
    expect(errors.rate).toBeLessThanOrEqual(whole.rate + 0.01);
    expect(longest).toBeLessThan(28);
  });

  test('without the two settings it is the old way: fixed silence, one decode after it', async () => {
    const { samples } = clip('sb-spk1_snt5');
    const before = asked;
    const heard = await hear(concatenate(silence(0.5), samples, silence(2.5)), {
      parallel: false,
      adaptive: false,
    });
    expect(heard.endpointMs).toBe(800);
    expect(heard.late).toBe(1);
    expect(asked - before).toBe(1);
    expect(heard.partials).toEqual([]);
    const sooner = await hear(concatenate(silence(0.5), samples, silence(2.5)), { parallel: false });
    expect(sooner.endpointMs).toBeLessThan(520);
    expect(sooner.late).toBe(1);
  });

  test('a decode that goes on is ended at once, and the next one begins', async () => {
    const { samples } = clip('jfk');
    const alone = await whisper.transcribe(samples);
    // Later the encoder works, which transcribe-cpp 0.2.3 does not interrupt.
    for (const after of [20, 150]) {
      const abort = new AbortController();
      const first = whisper.transcribe(samples, { signal: abort.signal });
      first.catch(() => undefined);
      await delay(after);
      const aborted = performance.now();
      abort.abort();
      const next = await whisper.transcribe(samples);
      const lost = performance.now() - aborted - next.ms;
      console.log(
        `aborted after ${after} ms: the next one began ${lost.toFixed(0)} ms later (a whole one: ${alone.ms.toFixed(0)} ms)`,
      );
      expect(next.text).toBe(alone.text);
      if (after === 20) expect(lost).toBeLessThan(Math.max(100, alone.ms / 2));
    }
    const partial = whisper.transcribe(samples, { yields: true });
    const shown = expect(partial).rejects.toMatchObject({ name: 'AbortError' });
    await waitFor('the partial', () => whisper.state.state === 'busy');
    expect((await whisper.transcribe(samples)).text).toBe(alone.text);
    await shown;
    const busy = whisper.transcribe(samples);
    await expect(whisper.transcribe(samples, { yields: true })).rejects.toMatchObject({ name: 'AbortError' });
    await busy;
  });
});

/** Each nth clip of the speech set. */
function every(n: number): Clip[] {
  return speechSet().filter((_clip, index) => index % n === 0);
}
