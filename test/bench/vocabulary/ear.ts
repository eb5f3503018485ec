import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Model, resolveModel } from '../../../src/models/catalogue.ts';
import { earFiles } from '../../../src/models/ear-files.ts';
import { createEngine } from '../../../src/transcription/create-engine.ts';
import type { TranscribeOptions, Transcriber, Transcript } from '../../../src/transcription/transcriber.ts';
import { CACHE } from './voices.ts';

/** The program's own engine and weights, with a memory on the disk: the same sound and help give the same text. */
export class Ear implements AsyncDisposable {
  readonly #known = new Map<string, Transcript>();
  readonly #file = join(CACHE, 'transcripts.jsonl');
  readonly #model: Model;
  /** Tells the memory which weights heard it. */
  readonly #weights: string;
  #engine: Transcriber | null = null;

  /** @param model another model's name or file; null: the embedded one */
  constructor(model: string | null) {
    this.#model = resolveModel(model ?? 'tiny.en', { home: homedir(), folder: process.cwd() });
    this.#weights = this.#model.kind === 'ear' ? earFiles('').decoder.sha256 : this.#model.name;
    mkdirSync(CACHE, { recursive: true });
    if (!existsSync(this.#file)) return;
    for (const line of readFileSync(this.#file, 'utf8').trim().split('\n').filter(Boolean)) {
      const { key, ...transcript } = JSON.parse(line) as { key: string } & Transcript;
      this.#known.set(key, transcript);
    }
  }

  /** Whether the engine can be told phrases; another one takes a prompt. */
  get takesPhrases(): boolean {
    return this.#model.kind === 'ear';
  }

  async hear(
    samples: Float32Array,
    told: Pick<TranscribeOptions, 'prompt' | 'phrases'> = {},
  ): Promise<Transcript> {
    const key = createHash('sha256')
      .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
      .update(told.prompt ?? '')
      .update(told.phrases?.join('\n') ?? '')
      .update(this.#weights)
      .digest('hex')
      .slice(0, 32);
    const known = this.#known.get(key);
    if (known) return known;
    this.#engine ??= createEngine(this.#model, {
      language: 'en',
      // Quicker than two where other work shares the cores; the text is the same.
      threads: 1,
      logger: pino({ level: 'silent' }),
    });
    const transcript = await this.#engine.transcribe(samples, told);
    this.#known.set(key, transcript);
    appendFileSync(this.#file, `${JSON.stringify({ key, ...transcript })}\n`);
    return transcript;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.close();
  }
}
