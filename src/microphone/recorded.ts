import { setTimeout as delay } from 'node:timers/promises';
import { type AudioFrame, type Microphone, SAMPLE_RATE } from './microphone.ts';

/** Samples in a frame of a recording: 20 ms, as a recorder delivers them. */
export const FRAME = SAMPLE_RATE / 50;

/**
 * Plays a recording as a stream of frames, followed by silence.
 * @param samples 16 kHz mono
 * @param paced true: at the original speed, so that timings are realistic; false: at once, and without the silence
 */
export async function* playRecording(
  samples: Float32Array,
  paced: boolean,
  signal: AbortSignal,
): AsyncGenerator<AudioFrame, void, undefined> {
  const begin = performance.now();
  for (let offset = 0; !signal.aborted; offset += FRAME) {
    if (!paced && offset >= samples.length) return;
    const frame = new Float32Array(FRAME);
    frame.set(samples.subarray(offset, offset + FRAME));
    if (paced) {
      const due = begin + ((offset + FRAME) / SAMPLE_RATE) * 1_000;
      const wait = due - performance.now();
      if (wait > 0) await delay(wait, undefined, { signal }).catch(ignoreAbort);
    }
    yield { samples: frame, at: performance.now() };
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}

/** A microphone that hears a recording, at the speed at which it was spoken, and then silence. */
export function recordedMicrophone(name: string, samples: Float32Array): Microphone {
  return {
    state: { backend: 'recording', device: name, state: 'closed', source: null, trouble: null, refused: [] },
    record: (signal) => playRecording(samples, true, signal),
    close: async () => undefined,
  };
}
