import type { Detector } from '../../src/speech/detector.ts';
import { type ListenEvent, type ListenOptions, listen } from '../../src/speech/listen.ts';
import { framesOf } from './speech.ts';

/** What one listen() ended with. */
export type Outcome = Extract<ListenEvent, { type: 'end' | 'empty' }>;

/**
 * Listens again and again until the sound is over, as to somebody who goes on speaking: each recording takes up where
 * the one before ended.
 */
export async function listenToAll(
  sound: Float32Array,
  detector: Detector,
  options: ListenOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let taken = 0;
  async function* rest() {
    for await (const frame of framesOf(sound.subarray(taken))) {
      taken += frame.samples.length;
      yield frame;
    }
  }
  while (taken < sound.length) {
    const finish = new AbortController().signal;
    for await (const event of listen({ frames: rest(), detector, options, finish })) {
      if (event.type === 'end' || event.type === 'empty') outcomes.push(event);
    }
  }
  return outcomes;
}
