import pino from 'pino';
import type { Transcriber } from '../../src/transcription/transcriber.ts';
import { createWhisper, type WhisperOptions } from '../../src/transcription/whisper/whisper.ts';
import { ggmlModel } from './ggml-model.ts';
import { waitFor } from './process.ts';

/** A downloaded model in its engine; whoever starts it closes it. */
export function startWhisper(changes: Partial<WhisperOptions> = {}): Transcriber {
  return createWhisper({
    modelPath: ggmlModel.path,
    sha256: ggmlModel.sha256,
    language: 'en',
    // Of two, each waits for the other by spinning, which is dear where other tests run.
    threads: 1,
    logger: pino({ level: 'silent' }),
    ...changes,
  });
}

/** An engine that is closed at the end of the test's block. */
export function whisperEngine(changes: Partial<WhisperOptions> = {}): Transcriber & AsyncDisposable {
  const whisper = startWhisper(changes);
  return Object.assign(whisper, { [Symbol.asyncDispose]: () => whisper.close() });
}

/** Resolves with the engine's process id when it works on something, and is another one than `before`. */
export function working(whisper: Transcriber, before: number | null = null): Promise<number> {
  return waitFor('an engine at work', () => {
    const { state, pid } = whisper.state;
    return state === 'busy' && pid !== before && pid;
  });
}
