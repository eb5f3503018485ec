import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { reasonOf } from '../download/network.ts';
import { VoiceError } from '../errors.ts';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { encodeWav } from '../microphone/wav.ts';
import { abortError } from './engine-process.ts';
import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from './transcriber.ts';

/** OpenAI's own address (platform documentation, "Create transcription"). */
export const OPENAI_URL = 'https://api.openai.com/v1';

/** Tries of one transcription, and the pause between them, ms. */
const TRIES = 3;
const PAUSE_MS = 200;
/** An answer is a few sentences; bytes. */
const MOST_ANSWER = 1024 * 1024;

export interface OpenAiOptions {
  /** The server's base address, as far as `/v1`; or that of the request itself. */
  url: string;
  /** What the server calls the model. */
  model: string;
  /** ISO 639-1; "auto": the server finds out. */
  language: string;
  key: () => Promise<string | null>;
  /** A server that has not answered by then is given up, ms. */
  timeoutMs: number;
  logger: Logger;
}

/**
 * Any server that speaks OpenAI's transcription API: OpenAI itself, whisper.cpp's server, vLLM, speaches. The sound
 * leaves this machine for the address that the person wrote into the settings.
 */
export class OpenAiTranscriber implements Transcriber {
  readonly #options: OpenAiOptions;
  readonly #address: string;
  readonly #closing = new AbortController();
  #running = 0;
  #state: TranscriberState['state'] = 'ready';

  constructor(options: OpenAiOptions) {
    this.#options = options;
    this.#address = requestAddress(options.url);
  }

  get state(): TranscriberState {
    const state = this.#state === 'ready' && this.#running > 0 ? 'busy' : this.#state;
    return { engine: 'openai', model: this.#options.model, state, pid: null };
  }

  /** Nothing is sent before there is something to hear; whether there is a key can be known. */
  async ready(): Promise<void> {
    await this.#options.key();
  }

  async transcribe(audio: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
    // What gives way is not worth a request that may cost money.
    if (options.yields) throw abortError('The server is not asked for partial texts');
    const began = performance.now();
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    const signals = [timeout, this.#closing.signal, ...(options.signal ? [options.signal] : [])];
    const signal = AbortSignal.any(signals);
    this.#running += 1;
    try {
      const text = await this.#tried(audio, options.prompt, signal);
      this.#state = 'ready';
      return { text, ms: performance.now() - began };
    } catch (error) {
      if (options.signal?.aborted || this.#closing.signal.aborted) throw abortError();
      if (!timeout.aborted) throw error;
      this.#state = 'failed';
      throw this.#failed(`it did not answer within ${this.#options.timeoutMs / 1_000} s`, error);
    } finally {
      this.#running -= 1;
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#closing.abort(abortError('The transcriber was closed'));
  }

  async #tried(audio: Float32Array, prompt: string | undefined, signal: AbortSignal): Promise<string> {
    const key = await this.#options.key();
    for (let left = TRIES - 1; ; left -= 1) {
      let problem: VoiceError;
      try {
        const response = await fetch(this.#address, {
          method: 'POST',
          headers: key === null ? {} : { authorization: `Bearer ${key}` },
          body: this.#form(audio, prompt),
          signal,
          // A key is for this host alone.
          redirect: 'error',
        });
        if (response.ok) return await textOf(response);
        await response.body?.cancel();
        problem = this.#refused(response.status);
        if (response.status < 500 && response.status !== 429) left = 0;
      } catch (error) {
        signal.throwIfAborted();
        problem = this.#failed(reasonOf(error), error);
      }
      if (left <= 0) {
        this.#state = 'failed';
        throw problem;
      }
      this.#options.logger.info(
        { code: problem.code, problem: problem.message },
        'the transcription server is asked again',
      );
      await delay(PAUSE_MS * 2 ** (TRIES - 1 - left), undefined, { signal });
    }
  }

  #form(audio: Float32Array, prompt: string | undefined): FormData {
    const { model, language } = this.#options;
    const form = new FormData();
    const wav = new Uint8Array(encodeWav(audio, SAMPLE_RATE));
    form.set('file', new Blob([wav], { type: 'audio/wav' }), 'speech.wav');
    form.set('model', model);
    form.set('response_format', 'json');
    form.set('temperature', '0');
    // Servers that cannot stream answer in one piece.
    form.set('stream', 'true');
    if (language !== 'auto') form.set('language', language);
    if (prompt !== undefined && prompt !== '') form.set('prompt', prompt);
    return form;
  }

  #refused(status: number): VoiceError {
    const who = `The transcription server ${new URL(this.#address).host}`;
    if (status === 401 || status === 403) {
      const hint = 'Check its key: CODEX_VOICE_TRANSCRIPTION_KEY (OPENAI_API_KEY for OpenAI), or key_file.';
      return new VoiceError('engine-failed', `${who} refuses the key (${status}).`, hint);
    }
    if (status === 404) {
      const hint = 'Check url and model under [transcription] in config.toml.';
      return new VoiceError('engine-failed', `${who} does not know this address or model (404).`, hint);
    }
    return this.#failed(`it answers ${status}`);
  }

  #failed(why: string, cause?: unknown): VoiceError {
    return new VoiceError(
      'engine-failed',
      `The transcription server ${new URL(this.#address).host} does not work: ${why}.`,
      'Start it, or correct url under [transcription] in config.toml.',
      { cause },
    );
  }
}

/** Where the request goes; whisper.cpp's server calls it `/inference` unless it is told otherwise (1.9.1). */
export function requestAddress(url: string): string {
  const base = (url || OPENAI_URL).replace(/\/+$/, '');
  return /\/(audio\/transcriptions|inference)$/.test(base) ? base : `${base}/audio/transcriptions`;
}

/** The text of an answer: JSON, plain, or a stream of events with deltas. @throws Error when it is none of them */
async function textOf(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  const body = await limited(response);
  if (type.includes('text/event-stream')) return streamedText(body);
  if (!type.includes('json')) return body.trim();
  const answer: unknown = JSON.parse(body);
  if (typeof answer === 'object' && answer !== null && 'text' in answer && typeof answer.text === 'string')
    return (isWhisperCpp(response) ? answer.text.replaceAll('\n', '') : answer.text).trim();
  throw new Error('its answer has no text');
}

/** It breaks a text into lines of 60 characters, within words too; a word that begins a line keeps its blank (1.9.1). */
function isWhisperCpp(response: Response): boolean {
  return response.headers.get('server') === 'whisper.cpp';
}

async function limited(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MOST_ANSWER) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `transcript.text.delta` events, and `transcript.text.done` with all of it (OpenAI); or `{text}` pieces (speaches). */
export function streamedText(body: string): string {
  let text = '';
  for (const line of body.split(/\r?\n/)) {
    const data = /^data:\s?(.*)$/.exec(line)?.[1];
    if (data === undefined || data === '[DONE]') continue;
    const event: { type?: string; delta?: string; text?: string } = JSON.parse(data);
    if (event.type === 'transcript.text.done' && typeof event.text === 'string') return event.text.trim();
    text += event.delta ?? event.text ?? '';
  }
  return text.trim();
}
