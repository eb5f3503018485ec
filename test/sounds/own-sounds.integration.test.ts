import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/facts.ts';
import type { AudioFrame, Microphone } from '../../src/microphone/microphone.ts';
import { openMicrophone } from '../../src/microphone/open-microphone.ts';
import { resolveModel } from '../../src/models/catalogue.ts';
import { AnswersAloud } from '../../src/sounds/answers-aloud.ts';
import { firstSentence } from '../../src/sounds/first-sentence.ts';
import { Loudspeaker } from '../../src/sounds/loudspeaker.ts';
import { OpenMicrophone } from '../../src/sounds/open-microphone.ts';
import { createSounds, type SoundName, type Sounds } from '../../src/sounds/sounds.ts';
import { findVoice, SharedVoice } from '../../src/sounds/voice.ts';
import { createDetector } from '../../src/speech/create-detector.ts';
import type { Detector } from '../../src/speech/detector.ts';
import { type ListenEvent, listen } from '../../src/speech/listen.ts';
import { createEngine } from '../../src/transcription/create-engine.ts';
import type { Transcriber } from '../../src/transcription/transcriber.ts';
import { type AudioServer, startPulseAudio } from '../support/audio.ts';
import { run, waitFor } from '../support/process.ts';
import { clip } from '../support/speech.ts';
import { utterance } from '../support/utterances.ts';
import { wordErrors } from '../support/wer.ts';

const logger = pino({ level: 'silent' });
const BOTH = ['silero', 'webrtc'] as const;
const NAMES: SoundName[] = ['start', 'end', 'done', 'asks', 'error'];
/** One that the smallest model understands from this voice. */
const SENTENCE = 'There are seven new files in the project folder.';

/** The end of an utterance with this answer. */
function answered(answer: string): Fact {
  return { type: 'ended', utterance: utterance({ id: 'u', state: 'answered', answer }) };
}

/** A desk: what the loudspeaker plays is heard by the microphone. Real sound server, detectors, Whisper and voice. */
describe('a microphone that hears the loudspeaker', () => {
  let audio: AudioServer;
  let microphone: Microphone;
  let loudspeaker: Loudspeaker;
  let sounds: Sounds;
  let detectors: Record<'silero' | 'webrtc', Detector>;
  let whisper: Transcriber;

  beforeAll(async () => {
    audio = await startPulseAudio();
    const echo = ['load-module', 'module-loopback', 'source=speakers.monitor', 'sink=mic', 'latency_msec=20'];
    await run('pactl', echo, { env: audio.env });
    const onTrouble = () => undefined;
    const { env } = audio;
    microphone = openMicrophone({
      device: 'default',
      backend: 'parec',
      keepOpen: false,
      env,
      logger,
      onTrouble,
    });
    loudspeaker = new Loudspeaker();
    sounds = createSounds({ enabled: true, env, logger, loudspeaker });
    detectors = {
      silero: await createDetector('silero', logger),
      webrtc: await createDetector('webrtc', logger),
    };
    whisper = createEngine(resolveModel('tiny.en', { home: '/', folder: '/' }), { language: 'en', logger });
    await whisper.ready();
  });
  afterAll(async () => {
    await whisper?.close();
    await sounds?.close();
    await microphone?.close();
    await Promise.all(Object.values(detectors ?? {}).map((detector) => detector.close()));
    await audio?.stop();
  });

  /** What the microphone hears while something happens, as after a key press. */
  async function record(meanwhile: () => Promise<unknown>): Promise<AudioFrame[]> {
    const close = new AbortController();
    const frames: AudioFrame[] = [];
    const happened = meanwhile().finally(() => close.abort());
    for await (const frame of microphone.record(close.signal)) frames.push(frame);
    await happened;
    return frames;
  }

  /** What is made of it: the last event, and the loudest level, dBFS. */
  async function hear(
    name: 'silero' | 'webrtc',
    recorded: readonly AudioFrame[],
    own = (at: number) => loudspeaker.audible(at),
  ): Promise<{ last: ListenEvent | undefined; loudest: number }> {
    async function* frames() {
      yield* recorded;
    }
    const options = { endpointMs: 800, maxSeconds: 30, recordingSeconds: 0 };
    const finish = new AbortController().signal;
    let last: ListenEvent | undefined;
    let loudest = -120;
    for await (const event of listen({ frames: frames(), detector: detectors[name], options, finish, own })) {
      last = event;
      if (event.type === 'level') loudest = Math.max(loudest, event.dbfs);
    }
    return { last, loudest };
  }

  it('hears each cue, and no utterance begins from one', async () => {
    for (const cue of NAMES) {
      const recorded = await record(async () => {
        sounds.play(cue);
        // On a busy machine the player takes its time.
        await waitFor('the end of the cue', () => !loudspeaker.audible(performance.now()));
        await sleep(300);
      });
      for (const name of BOTH) {
        const { last, loudest } = await hear(name, recorded);
        expect([cue, name, last?.type]).toEqual([cue, name, 'empty']);
        // It was really in the recording.
        expect(loudest).toBeGreaterThan(-45);
      }
      // One that does not know of it takes it for speech.
      const { last } = await hear('webrtc', recorded, () => false);
      expect([cue, last?.type]).toEqual([cue, 'end']);
    }
  });

  it('the transcript is what was said right after the cue', async () => {
    const spoken = clip('sb-spk1_snt1');
    const recorded = await record(async () => {
      sounds.play('start');
      await sleep(150);
      await audio.play(spoken.path);
      await sleep(300);
    });
    for (const name of BOTH) {
      const { last } = await hear(name, recorded);
      if (last?.type !== 'end') throw new Error(`nothing was heard: ${JSON.stringify(last)}`);
      const { text } = await whisper.transcribe(last.audio);
      const { substitutions, deletions, insertions } = wordErrors(spoken.text, text);
      console.log(`${name}: ${text}`);
      expect(substitutions + deletions + insertions).toBeLessThanOrEqual(1);
      expect(insertions).toBe(0);
    }
  });

  it('hears what the voice reads: the first sentence, in words that Whisper knows again', async () => {
    const voices = new SharedVoice(() => findVoice({ ...audio.env, PATH: '/usr/bin' }, logger), loudspeaker);
    const aloud = new AnswersAloud({
      enabled: () => true,
      quiet: () => false,
      microphone: new OpenMicrophone(),
      voice: () => voices.find(),
      logger,
    });
    const answer = `${SENTENCE} Nobody hears this.\n\n\`\`\`\nnor this\n\`\`\``;
    const recorded = await record(async () => {
      aloud.learn(answered(answer));
      await sleep(4_500);
    });
    const { last } = await hear('silero', recorded);
    if (last?.type !== 'end') throw new Error(`nothing was heard: ${JSON.stringify(last)}`);
    const { text } = await whisper.transcribe(last.audio);
    console.log(`the voice: ${text}`);
    expect(firstSentence(answer)).toBe(SENTENCE);
    const { substitutions, deletions, insertions } = wordErrors(SENTENCE, text);
    expect(substitutions + deletions + insertions).toBeLessThanOrEqual(1);
  });

  it('hears nothing of a voice that was stopped by the key press', async () => {
    const voices = new SharedVoice(() => findVoice({ ...audio.env, PATH: '/usr/bin' }, logger), loudspeaker);
    const opened = new OpenMicrophone();
    const aloud = new AnswersAloud({
      enabled: () => true,
      quiet: () => false,
      microphone: opened,
      voice: () => voices.find(),
      logger,
    });
    aloud.learn(
      answered('This is a long sentence which goes on and on while somebody presses the key again.'),
    );
    await sleep(1_500);
    expect(loudspeaker.audible(performance.now())).toBe(true);
    // As the daemon does it: first the voice, then the microphone.
    opened.learn({ type: 'opening' });
    const recorded = await record(() => sleep(1_500));
    for (const name of BOTH) expect([name, (await hear(name, recorded)).last?.type]).toEqual([name, 'empty']);
  });
});
