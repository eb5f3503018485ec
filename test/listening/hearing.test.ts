import { describe, expect, it } from 'vitest';
import { VoiceError } from '../../src/errors.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import type { Utterance } from '../../src/utterance.ts';
import { waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';
import { joined, sound } from './fake-ear.ts';
import { Bench, FakeCompanion, PAUSE, SPOKEN, underWay } from './hearing-bench.ts';

describe('from the key press to the queue', () => {
  it('announces each step in its order, and keeps no sound once the words are in the journal', async () => {
    const bench = new Bench();
    const recording = bench.press();
    expect(bench.microphone.opened).toBe(1);
    await bench.hearing.settled();
    expect(bench.log).toEqual([
      'listening:listening',
      'opened',
      'words:backend',
      'level',
      'listened',
      'endpoint',
      'words:backend',
      'heard:run the tests [backend]',
      'deliver',
      'done',
    ]);
    expect(bench.delivered.map(({ id }) => id)).toEqual([recording.utterance]);
    expect(bench.record).toMatchObject({
      id: recording.utterance,
      source: 'hotkey',
      state: 'heard',
      project: 'backend',
      rule: 'default',
      transcript: 'run the tests',
      prompt: 'run the tests [backend]',
      error: null,
    });
    expect(bench.engine.phrases).toEqual([['backend']]);
    expect(bench.heard).toEqual([
      {
        transcript: 'run the tests',
        speechMs: expect.closeTo(1_000, -3),
        source: 'hotkey',
        pressedAt: 7,
        project: 'backend',
        rule: 'default',
      },
    ]);
    expect(bench.audio.ids()).toEqual([]);
    expect(bench.microphone.open).toBe(0);
  });

  it('ends at once at the second press, with what was said', async () => {
    const bench = new Bench();
    const recording = bench.press(SPOKEN);
    await underWay(bench, recording);
    recording.finish.abort();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'heard', transcript: 'run the tests' });
    expect(bench.engine.heard[0]?.length).toBeGreaterThan(0.9 * SPOKEN.length);
  });

  it.each(['', '[BLANK_AUDIO]', 'you'])('is empty where the engine hears %j in a click', async (text) => {
    const bench = new Bench();
    bench.engine.text = text;
    bench.press(joined(sound('speech', 192), PAUSE));
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'empty', transcript: text, prompt: null });
    expect(bench.outcome).toEqual(['ended:empty', 'done']);
    expect(bench.audio.ids()).toEqual([]);
  });

  it('is empty without a transcript where nobody spoke', async () => {
    const bench = new Bench();
    bench.press(sound('silence', 6_100));
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'empty', transcript: null });
    expect(bench.engine.heard).toEqual([]);
    expect(bench.audio.ids()).toEqual([]);
  });

  it('has failed with the reason where the microphone is known to be muted', async () => {
    const bench = new Bench();
    const trouble = { code: 'microphone-silent' as const, message: 'It is muted.', hint: 'Unmute it.' };
    bench.microphone.state.trouble = trouble;
    bench.press(sound('silence', 6_100));
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'failed', error: trouble, transcript: null });
    expect(bench.outcome).toEqual(['ended:failed', 'done']);
    expect(bench.audio.ids()).toEqual([]);
  });

  it('is no prompt where it decided something', async () => {
    const bench = new Bench();
    bench.pending.push({ ...pendingRequest(), project: 'backend' });
    bench.engine.text = 'approve';
    bench.press();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'cancelled', transcript: 'approve', prompt: null });
    expect(bench.outcome).toEqual(['answer', 'notice', 'ended:cancelled', 'done']);
    expect(bench.audio.ids()).toEqual([]);
  });

  it('is no prompt where it chose a project', async () => {
    const bench = new Bench();
    bench.engine.text = 'switch to the web app';
    bench.press();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'answered', project: 'web app', rule: 'said', prompt: null });
    expect(bench.record.answer).toContain('web app');
    expect(bench.outcome).toEqual(['choose-project', 'ended:answered', 'done']);
    expect(bench.delivered).toEqual([]);
  });

  it('is left to the review where it is shown first', async () => {
    const bench = new Bench();
    bench.reviews = true;
    bench.press();
    await bench.hearing.settled();
    expect(bench.outcome).toEqual(['review', 'done']);
    expect(bench.record).toMatchObject({ state: 'heard', prompt: 'run the tests [backend]' });
    expect(bench.delivered).toEqual([]);
    expect(bench.audio.ids()).toEqual([]);
  });

  it('goes to the project with the focus, which is on record before the text is known', async () => {
    const bench = new Bench();
    const gate = Promise.withResolvers<void>();
    bench.engine.gate = gate.promise;
    bench.focused = async () => 'web app';
    bench.press();
    await waitFor('the place', () => bench.log.includes('listened') && bench.record.rule === 'focused');
    expect(bench.record).toMatchObject({ state: 'listening', project: 'web app' });
    gate.resolve();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ project: 'web app', prompt: 'run the tests [web app]' });
  });

  it('does without the focus where that cannot be asked', async () => {
    const bench = new Bench();
    bench.focused = () => Promise.reject(new Error('no display'));
    bench.press();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'heard', project: 'backend', rule: 'default' });
  });

  it.each(['switch to the web app', 'approve'])(
    'a reply goes where it was asked for, whatever is focused and said: %s',
    async (text) => {
      const bench = new Bench();
      bench.focused = async () => 'web app';
      bench.pending.push({ ...pendingRequest(), project: 'backend' });
      bench.engine.text = text;
      bench.press(undefined, { project: 'docs', rule: 'asked' });
      await bench.hearing.settled();
      expect(bench.record).toMatchObject({
        source: 'reply',
        state: 'heard',
        project: 'docs',
        rule: 'asked',
        prompt: `${text} [docs]`,
      });
    },
  );
});

describe('what works while somebody speaks', () => {
  it('tells the words so far, makes the text, and is closed once', async () => {
    const bench = new Bench();
    const companion = new FakeCompanion();
    bench.companion = companion;
    bench.press();
    await bench.hearing.settled();
    expect(bench.log).toContain('partial:run the:4');
    expect(bench.log.indexOf('partial:run the:4')).toBeLessThan(bench.log.indexOf('listened'));
    expect(bench.record.transcript).toBe('run the tests');
    expect(bench.engine.heard).toEqual([]);
    expect(companion.closed).toBe(1);
  });

  it('is closed once, too, where it fails, is cancelled, and where there is no journal', async () => {
    for (const trouble of ['fails', 'cancelled', 'no journal'] as const) {
      const bench = new Bench();
      const companion = new FakeCompanion();
      bench.companion = companion;
      if (trouble === 'fails')
        companion.failure = new VoiceError('engine-failed', 'It died.', 'Say it again.');
      if (trouble === 'no journal') bench.journal.fails = () => true;
      const recording = bench.press();
      if (trouble === 'cancelled') recording.cancel.abort();
      await bench.hearing.settled();
      expect(companion.closed).toBe(1);
      expect(bench.log.at(-1)).toBe('done');
    }
  });
});

describe('cancelling', () => {
  it('while it is spoken: the sound goes, and nothing is transcribed', async () => {
    const bench = new Bench();
    const recording = bench.press(SPOKEN);
    await underWay(bench, recording);
    recording.cancel.abort();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'cancelled', transcript: null, error: null });
    expect(bench.outcome).toEqual(['ended:cancelled', 'done']);
    expect(bench.audio.ids()).toEqual([]);
    expect(bench.engine.heard).toEqual([]);
    expect(bench.microphone.open).toBe(0);
  });

  it('while the engine works', async () => {
    const bench = new Bench();
    bench.engine.gate = new Promise(() => undefined);
    const recording = bench.press();
    await waitFor('the engine', () => bench.engine.heard.length > 0);
    expect(bench.microphone.last?.aborted).toBe(true);
    recording.cancel.abort();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'cancelled', transcript: null });
    expect(bench.outcome).toEqual(['ended:cancelled', 'done']);
    expect(bench.audio.ids()).toEqual([]);
  });
});

describe('what fails', () => {
  it('the microphone: what was said is kept, and its file named', async () => {
    const bench = new Bench();
    bench.microphone.failure = new VoiceError('microphone-failed', 'It was unplugged.', 'Plug it in.');
    const recording = bench.press(SPOKEN);
    bench.microphone.end();
    await bench.hearing.settled();
    const file = bench.audio.pathOf(recording.utterance ?? '');
    expect(file).not.toBeNull();
    expect(bench.record).toMatchObject({ state: 'failed', error: { code: 'microphone-failed' } });
    expect(bench.record.error?.hint).toBe(
      `Plug it in. What you said is kept: codex-voice ask --audio ${file}`,
    );
    expect(bench.outcome).toEqual(['ended:failed', 'done']);
    expect((await bench.audio.load(recording.utterance ?? ''))?.whole).toBe(true);
  });

  it('the microphone, before there was any sound: no file is promised', async () => {
    const bench = new Bench();
    bench.microphone.failure = new VoiceError('microphone-missing', 'There is none.', 'Plug one in.');
    bench.press(new Float32Array());
    bench.microphone.end();
    await bench.hearing.settled();
    expect(bench.record.error).toEqual({
      code: 'microphone-missing',
      message: 'There is none.',
      hint: 'Plug one in.',
    });
    expect(bench.log).not.toContain('listened');
  });

  it('the engine: the whole sound is kept', async () => {
    const bench = new Bench();
    bench.engine.failure = new VoiceError('engine-failed', 'It died.', 'Say it again.');
    const recording = bench.press();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'failed', error: { code: 'engine-failed' } });
    const kept = await bench.audio.load(recording.utterance ?? '');
    expect(kept?.whole).toBe(true);
    expect(kept?.samples.length).toBeGreaterThanOrEqual(SPOKEN.length);
  });

  it('the project is gone when it is delivered', async () => {
    const bench = new Bench();
    bench.deliver = () => {
      throw new VoiceError('project-unknown', 'There is no project backend.', 'Known are: docs.');
    };
    bench.press();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({
      state: 'failed',
      transcript: 'run the tests',
      error: { code: 'project-unknown' },
    });
    expect(bench.outcome).toEqual(['heard:run the tests [backend]', 'deliver', 'ended:failed', 'done']);
  });

  it('the journal, at the beginning: nothing is promised, the microphone is let go', async () => {
    const bench = new Bench();
    bench.journal.fails = () => true;
    bench.press();
    await bench.hearing.settled();
    expect(bench.log).toEqual(['trouble:journal-failed', 'done']);
    expect(bench.journal.inner.list({ limit: 1 })).toEqual([]);
    await waitFor('the microphone to be let go', () => bench.microphone.open === 0);
  });

  it.each([
    ['of the focus', (patch: Partial<Utterance>) => patch.rule === 'focused', 'failed'],
    ['of the words', (patch: Partial<Utterance>) => patch.state === 'heard', 'failed'],
    ['of anything more', (patch: Partial<Utterance>) => patch.state !== 'listening', 'listening'],
  ])('the journal, at the write %s: it is not sent, and its sound stays', async (_, fails, state) => {
    const bench = new Bench();
    bench.focused = async () => 'web app';
    bench.journal.fails = fails;
    bench.press();
    await bench.hearing.settled();
    expect(bench.record.state).toBe(state);
    expect(bench.delivered).toEqual([]);
    expect(bench.audio.ids()).toEqual([bench.record.id]);
    expect(bench.outcome).toEqual([state === 'failed' ? 'ended:failed' : 'trouble:journal-failed', 'done']);
  });

  it('the disk for the sound: the utterance goes its way', async () => {
    const bench = new Bench();
    bench.audio.begin = () => {
      throw new VoiceError('state-unwritable', 'The disk is full.', 'Make room.');
    };
    bench.press();
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'heard', transcript: 'run the tests' });
  });
});

describe('a recording from a file', () => {
  it('is heard whole, pauses and all, beside the microphone', async () => {
    const bench = new Bench();
    const recording = bench.press(SPOKEN);
    await underWay(bench, recording);
    const whole = joined(SPOKEN, sound('silence', 2_000), SPOKEN);
    const live = bench.hearing.hearRecording(whole, 'file');
    expect(live.record).toMatchObject({ source: 'file', state: 'listening', project: 'backend' });
    await waitFor('the text of the file', () => bench.delivered.includes(live));
    expect(bench.engine.heard[0]?.length).toBeGreaterThan(0.9 * whole.length);
    expect(bench.detector.others.map(({ closed }) => closed)).toEqual([1]);
    expect(bench.detector.closed).toBe(0);
    expect(bench.microphone.open).toBe(1);
    // What a file says decides nothing.
    expect(bench.heard).toMatchObject([{ source: 'file', pressedAt: null }]);
    recording.cancel.abort();
    await bench.hearing.settled();
    expect(live.record).toMatchObject({ state: 'heard', transcript: 'run the tests' });
    expect(bench.audio.ids()).toEqual([]);
  });

  it('goes where it was asked for', async () => {
    const bench = new Bench();
    const live = bench.hearing.hearRecording(SPOKEN, 'file', { project: 'docs', rule: 'asked' });
    await bench.hearing.settled();
    expect(live.record).toMatchObject({ project: 'docs', rule: 'asked', prompt: 'run the tests [docs]' });
  });

  it('has failed, and the daemon goes on, where there is no second detector', async () => {
    const bench = new Bench();
    bench.detector.anotherFails = new VoiceError(
      'detector-failed',
      'There is no memory.',
      'Close something.',
    );
    const live = bench.hearing.hearRecording(SPOKEN, 'file');
    await bench.hearing.settled();
    expect(live.record).toMatchObject({ state: 'failed', error: { code: 'detector-failed' } });
    expect(bench.log).toEqual(['ended:failed']);
  });

  it('is sent, and the daemon goes on, where the second detector cannot be closed', async () => {
    const bench = new Bench();
    bench.detector.closeFails = new Error('it hangs');
    const live = bench.hearing.hearRecording(SPOKEN, 'file');
    await bench.hearing.settled();
    expect(live.record.state).toBe('heard');
    expect(bench.delivered).toEqual([live]);
  });

  it('keeps the sound where the engine fails, and shows that the journal fails', async () => {
    const bench = new Bench();
    bench.engine.failure = new VoiceError('engine-failed', 'It died.', 'Say it again.');
    const first = bench.hearing.hearRecording(SPOKEN, 'file');
    await bench.hearing.settled();
    expect(first.record.error?.hint).toContain('codex-voice ask --audio');
    expect((await bench.audio.load(first.id))?.samples.length).toBe(SPOKEN.length);
    bench.journal.fails = ({ state }) => state !== 'listening';
    bench.hearing.hearRecording(SPOKEN, 'file');
    await bench.hearing.settled();
    expect(bench.outcome).toEqual(['ended:failed', 'trouble:journal-failed']);
  });

  it('is taken up from an earlier run, with its place, and knows of no key press', async () => {
    const bench = new Bench();
    const earlier = LiveUtterance.begin(bench.journal, 'hotkey', 'web app', { rule: 'focused' });
    bench.audio.save(earlier.id, SPOKEN);
    bench.hearing.resume(LiveUtterance.resume(bench.journal, earlier.record), SPOKEN);
    await bench.hearing.settled();
    expect(bench.record).toMatchObject({ state: 'heard', project: 'web app', rule: 'focused' });
    expect(bench.heard).toMatchObject([{ source: 'hotkey', pressedAt: null }]);
    expect(bench.audio.ids()).toEqual([]);
  });
});
