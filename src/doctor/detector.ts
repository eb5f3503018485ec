import { VoiceError } from '../errors.ts';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { playRecording } from '../microphone/recorded.ts';
import { bundledRecording } from '../microphone/sample-recording.ts';
import { createDetector } from '../speech/create-detector.ts';
import type { Detector } from '../speech/detector.ts';
import { listen } from '../speech/listen.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

const SILENCE_SECONDS = 3;

/** The detector of the settings finds the speech of the bundled recording, and none in silence. */
export async function checkDetector(context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const { settings, env, logger } = context;
  const { detector: name } = settings.speech;
  const recording = await bundledRecording(env);
  const detector = await createDetector(name, logger);
  try {
    const started = performance.now();
    const speechMs = await speechIn(recording, detector, signal);
    const frames = recording.length / detector.frameSamples;
    const frameMs = (performance.now() - started) / frames;
    const silence = new Float32Array(SILENCE_SECONDS * SAMPLE_RATE);
    if (speechMs === 0) throw wrong(name, 'finds no speech in the bundled recording');
    if ((await speechIn(silence, detector, signal)) > 0) throw wrong(name, 'takes silence for speech');
    const found = `${(speechMs / 1_000).toFixed(1)} s of speech in the bundled recording`;
    return ok(`${name}: ${found}, none in silence, ${frameMs.toFixed(2)} ms per frame`);
  } finally {
    await detector.close();
  }
}

/** Duration of the speech in the sound, ms. */
async function speechIn(samples: Float32Array, detector: Detector, signal: AbortSignal): Promise<number> {
  const frames = playRecording(samples, false, signal);
  const options = { endpointMs: 0, maxSeconds: 0, recordingSeconds: Number.POSITIVE_INFINITY };
  const { signal: finish } = new AbortController();
  for await (const event of listen({ frames, detector, options, finish, signal })) {
    if (event.type === 'end') return event.speechMs;
  }
  return 0;
}

function wrong(name: Detector['name'], what: string): VoiceError {
  const other = name === 'silero' ? 'webrtc' : 'silero';
  const hint = `Install codex-voice again, or set detector = "${other}" under [speech].`;
  return new VoiceError('detector-failed', `The speech detector ${name} ${what}.`, hint);
}
