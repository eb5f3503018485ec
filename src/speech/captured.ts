import { setImmediate } from 'node:timers/promises';
import type { AudioFrame } from '../microphone/microphone.ts';

/** How long to wait for sound that was made before the press but has not arrived yet, ms. */
const GRACE_MS = 100;

/**
 * Passes frames on until the user finishes. The last word is not lost: what had been captured by then is passed
 * on, and the first frame that arrives afterwards, since its sound was made while the finger moved.
 * @param finish aborts when the user has finished
 * @param signal cancels: throws its reason
 */
export async function* capturedUntil(
  frames: AsyncIterable<AudioFrame>,
  finish: AbortSignal,
  signal?: AbortSignal,
): AsyncGenerator<AudioFrame, void, undefined> {
  const iterator = frames[Symbol.asyncIterator]();
  const finished = afterAbort(finish, GRACE_MS);
  const cancelled = afterAbort(signal, 0);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = iterator.next();
      let result = await Promise.race([next, finished.promise, cancelled.promise]);
      signal?.throwIfAborted();
      // Frames that wait in the source's queue come at once; do not let the end of the grace overtake them.
      if (result === null) result = await Promise.race([next, setImmediate(null)]);
      if (result === null || result.done) return;
      yield result.value;
      if (result.value.at >= finished.at()) return;
    }
  } finally {
    finished.dispose();
    cancelled.dispose();
    // Not awaited: a generator that waits for its next frame answers only after it.
    iterator.return?.().catch(ignoreLateFailure);
  }
}

/** The recording is complete by then: a source that fails while it closes changes nothing. */
function ignoreLateFailure(): void {}

/** Resolves null `ms` after the abortion; `at` is the time of the abortion, Infinity before. */
function afterAbort(signal: AbortSignal | undefined, ms: number) {
  let at = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const { promise, resolve } = Promise.withResolvers<null>();
  const onAbort = (): void => {
    at = performance.now();
    timer = setTimeout(resolve, ms, null);
  };
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    at: () => at,
    dispose(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
