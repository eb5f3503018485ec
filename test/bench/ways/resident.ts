import { pino } from 'pino';
import type { AudioFrame } from '../../../src/microphone/microphone.ts';
import { parec } from '../../../src/microphone/programs/parec.ts';
import { RecorderProcess } from '../../../src/microphone/programs/recorder-process.ts';
import { createDetector } from '../../../src/speech/create-detector.ts';
import type { Detector } from '../../../src/speech/detector.ts';
import { listen } from '../../../src/speech/listen.ts';
import { OpenAiTranscriber } from '../../../src/transcription/server/openai-compatible.ts';
import type { Desktop } from '../../support/desktop.ts';
import { startWhisperServer, type WhisperServer } from '../../support/whisper-cpp/server.ts';
import { CodexExec } from '../codex-exec.ts';
import { ChildrenTime, type ProcessUse, processTree, spentBy } from '../process-tree.ts';
import type { Passed, Way } from './way.ts';

/** Silence that ends the recording, ms. */
const ENDPOINT_MS = 1_000;

const logger = pino({ level: 'silent' });

/**
 * The same with what one can do about it from outside: Silero ends the recording after a second of silence, a
 * whisper-server keeps its model loaded, and `codex exec resume` keeps the conversation.
 */
export class Resident implements Way {
  readonly #env: NodeJS.ProcessEnv;
  readonly #exec: CodexExec;
  readonly #server: WhisperServer;
  readonly #detector: Detector;
  readonly #engine: OpenAiTranscriber;
  readonly #time = new ChildrenTime();

  private constructor(env: NodeJS.ProcessEnv, exec: CodexExec, server: WhisperServer, detector: Detector) {
    this.#env = env;
    this.#exec = exec;
    this.#server = server;
    this.#detector = detector;
    const timeoutMs = 60_000;
    const key = async () => null;
    const { url } = server;
    this.#engine = new OpenAiTranscriber({ url, model: 'tiny.en', language: 'en', key, timeoutMs, logger });
  }

  static async prepare({ env }: Desktop): Promise<Resident> {
    const server = await startWhisperServer();
    return new Resident(env, await CodexExec.prepare(), server, await createDetector('silero', logger));
  }

  async utterance(speak: () => Promise<unknown>): Promise<Passed> {
    const command = await parec.command('default', this.#env);
    if (command === null) throw new Error('parec is not installed');
    const recorder = new RecorderProcess(command, this.#env, { first: 10_000, next: 10_000 });
    const started = Promise.withResolvers<void>();
    const heard = this.#listen(recorder, started.resolve);
    await Promise.race([started.promise, heard]);
    await speak();
    return this.#time.of(async () => {
      const audio = await heard;
      // It ends by itself: nobody waits for it.
      const ended = recorder.end();
      const { text } = await this.#engine.transcribe(audio);
      const { request, answer } = await this.#exec.prompt(text, { resume: true });
      await ended;
      return { request, delta: answer, text };
    });
  }

  async #listen(recorder: RecorderProcess, started: () => void): Promise<Float32Array> {
    async function* frames(): AsyncGenerator<AudioFrame> {
      for await (const frame of recorder.frames()) {
        started();
        yield frame;
      }
    }
    const options = { endpointMs: ENDPOINT_MS, maxSeconds: 120, recordingSeconds: 0 };
    const finish = new AbortController().signal;
    for await (const event of listen({ frames: frames(), detector: this.#detector, options, finish }))
      if (event.type === 'end') return event.audio;
    throw new Error('nothing was heard');
  }

  async spent(): Promise<number> {
    return this.#time.ms + spentBy(await this.residents());
  }

  residents(): Promise<ProcessUse[]> {
    return processTree(this.#server.process.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close();
    await this.#detector.close();
    await this.#server[Symbol.asyncDispose]();
    await this.#exec[Symbol.asyncDispose]();
  }
}
