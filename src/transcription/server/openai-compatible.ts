import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { reasonOf } from '../../download/network.ts';
import { VoiceError } from '../../errors.ts';
import { SAMPLE_RATE } from '../../microphone/microphone.ts';
import { encodeWav } from '../../microphone/sound-files/wav.ts';
import { abortError } from '../process/engine-process.ts';
import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from '../transcriber.ts';
import { answerText, type ServerAnswer } from './answer.ts';
import { OPTIONAL_FIELDS, type OptionalField, type Refusal, readRefusal } from './refusal.ts';
import { keyHeaders, requestAddresses, shownAddress } from './request-address.ts';
import { retryAfter, ServerBusy } from './retry-after.ts';

/** Tries of one transcription, and the pause between them, ms. */
const TRIES = 3;
const PAUSE_MS = 200;
/** A server that asks for a longer pause than this is not used, ms: the user is waiting. */
const MOST_WAIT_MS = 3_000;
/** An answer is a few sentences; bytes. */
const MOST_ANSWER = 1024 * 1024;
/** With these a server says that it refuses a part of the request: LocalAI 3.12 answers 500 to a field. */
const NOT_SO: ReadonlySet<number> = new Set([400, 415, 422, 500, 501]);
/** With these it says that there is nothing at this address. */
const NOT_HERE: ReadonlySet<number> = new Set([404, 405]);

export interface OpenAiOptions {
  /** The server's base address, as far as `/v1`; or the address of the request itself. */
  url: string;
  /** The server's name of the model. */
  model: string;
  /** ISO 639-1; "auto": the server finds out. */
  language: string;
  key: () => Promise<string | null>;
  /** A server that has not answered by then is given up, ms. */
  timeoutMs: number;
  logger: Logger;
}

/** Result of one request. */
type Outcome =
  | { kind: 'text'; text: string }
  /** `waitMs`: how long the server wants to be left alone; null: it does not say. */
  | { kind: 'refused'; status: number; waitMs: number | null; refusal: Refusal }
  /** `again`: the connection failed, and may not the next time. */
  | { kind: 'failed'; error: unknown; again: boolean };

/** How a server wants to be asked; it changes with what the server refuses. */
interface Manner {
  /** The likeliest address first. */
  addresses: readonly string[];
  /** Optional fields that it does not know. */
  without: ReadonlySet<OptionalField>;
}

/**
 * Any server that speaks OpenAI's transcription API: OpenAI itself, whisper.cpp's server, vLLM, speaches. The sound
 * leaves this machine for the address in the settings. A server that does not know an optional field, or this form of its
 * address, is asked otherwise, and so from then on.
 */
export class OpenAiTranscriber implements Transcriber {
  readonly #options: OpenAiOptions;
  readonly #closing = new AbortController();
  #manner: Manner;
  #running = 0;
  #state: TranscriberState['state'] = 'ready';

  constructor(options: OpenAiOptions) {
    this.#options = options;
    this.#manner = { addresses: requestAddresses(options.url), without: new Set() };
  }

  get state(): TranscriberState {
    const state = this.#state === 'ready' && this.#running > 0 ? 'busy' : this.#state;
    return { engine: 'openai', model: this.#options.model, state, pid: null };
  }

  /** The address that is asked first. */
  get address(): string {
    return this.#manner.addresses[0] ?? '';
  }

  /** Nothing is sent before there is something to hear; whether there is a key can be known. */
  async ready(): Promise<void> {
    await this.#options.key();
  }

  async transcribe(audio: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
    // A partial text is not worth a request that may cost money.
    if (options.yields) throw abortError('The server is not asked for partial texts');
    const began = performance.now();
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    const signals = [timeout, this.#closing.signal, ...(options.signal ? [options.signal] : [])];
    const signal = AbortSignal.any(signals);
    this.#running += 1;
    try {
      const text = await this.#tried(audio, options.prompt, signal, began + this.#options.timeoutMs);
      this.#state = 'ready';
      return { text, ms: performance.now() - began };
    } catch (error) {
      if (options.signal?.aborted || this.#closing.signal.aborted) throw abortError();
      if (!timeout.aborted) throw error;
      this.#state = 'failed';
      throw this.#failed(
        this.address,
        `it did not answer within ${this.#options.timeoutMs / 1_000} s`,
        error,
      );
    } finally {
      this.#running -= 1;
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#closing.abort(abortError('The transcriber was closed'));
  }

  /**
   * Asks as the server wants to be asked, and remembers how once that gave a text.
   * @param deadline performance.now(), ms
   */
  async #tried(
    audio: Float32Array,
    prompt: string | undefined,
    signal: AbortSignal,
    deadline: number,
  ): Promise<string> {
    const key = await this.#options.key();
    let manner = this.#manner;
    let left = TRIES - 1;
    for (;;) {
      const [address = ''] = manner.addresses;
      const form = this.#form(audio, prompt, manner.without);
      const outcome = await this.#ask(address, form, key, signal);
      if (outcome.kind === 'text') {
        const others = this.#manner.addresses.filter((each) => each !== address);
        this.#manner = { ...manner, addresses: [address, ...others] };
        return outcome.text;
      }
      const other = outcome.kind === 'refused' ? otherManner(manner, form, outcome) : null;
      if (other !== null) {
        this.#options.logger.info(
          { address: shownAddress(address), outcome },
          'the server is asked otherwise',
        );
        manner = other;
        continue;
      }
      const problem =
        outcome.kind === 'refused'
          ? this.#refused(address, outcome)
          : this.#failed(address, reasonOf(outcome.error), outcome.error);
      const pause = pauseBefore(outcome, PAUSE_MS * 2 ** (TRIES - 1 - left));
      if (pause > MOST_WAIT_MS || performance.now() + pause >= deadline) left = 0;
      if (left <= 0) {
        this.#state = 'failed';
        throw problem;
      }
      this.#options.logger.info(
        { code: problem.code, problem: problem.message },
        'the transcription server is asked again',
      );
      await delay(pause, undefined, { signal });
      left -= 1;
    }
  }

  async #ask(address: string, form: FormData, key: string | null, signal: AbortSignal): Promise<Outcome> {
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: keyHeaders(this.#options.url, key),
        body: form,
        signal,
        // A key is for this host alone.
        redirect: 'error',
      });
      const body = await limited(response);
      if (!response.ok) {
        const refusal = readRefusal(Buffer.from(body).toString('utf8'));
        const waitMs = retryAfter(response.headers);
        return { kind: 'refused', status: response.status, waitMs, refusal };
      }
      return readAnswer(answerOf(response, body), !form.has('response_format'));
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', error, again: true };
    }
  }

  #form(audio: Float32Array, prompt: string | undefined, without: ReadonlySet<OptionalField>): FormData {
    const { model, language } = this.#options;
    const form = new FormData();
    const wav = new Uint8Array(encodeWav(audio, SAMPLE_RATE));
    form.set('file', new Blob([wav], { type: 'audio/wav' }), 'speech.wav');
    form.set('model', model);
    const optional: Record<OptionalField, string> = {
      response_format: 'json',
      temperature: '0',
      // Servers that cannot stream answer in one piece.
      stream: 'true',
      language: language === 'auto' ? '' : language,
      prompt: prompt ?? '',
    };
    for (const field of OPTIONAL_FIELDS)
      if (optional[field] !== '' && !without.has(field)) form.set(field, optional[field]);
    return form;
  }

  #refused(address: string, { status, waitMs, refusal }: Extract<Outcome, { kind: 'refused' }>): VoiceError {
    const who = `The transcription server ${new URL(address).host}`;
    const says = refusal.words === '' ? '' : ` It says: "${refusal.words}"`;
    if (status === 401 || status === 403) {
      const hint = 'Check its key: CODEX_VOICE_TRANSCRIPTION_KEY (OPENAI_API_KEY for OpenAI), or key_file.';
      return new VoiceError('engine-failed', `${who} refused the key (${status}).${says}`, hint);
    }
    if (waitMs !== null && isBusy(status)) return new ServerBusy(who, status, waitMs, says);
    if (NOT_HERE.has(status)) {
      const asked = requestAddresses(this.#options.url).map(shownAddress).join(' and ');
      const hint = 'Check url and model under [transcription] in config.toml.';
      const what = refusal.aboutModel ? `the model "${this.#options.model}"` : 'the address or the model';
      return new VoiceError(
        'engine-failed',
        `${who} does not know ${what} (${status}): ${asked}.${says}`,
        hint,
      );
    }
    return this.#failed(address, `it answered ${status}`, undefined, says);
  }

  #failed(address: string, why: string, cause?: unknown, says = ''): VoiceError {
    return new VoiceError(
      'engine-failed',
      `The transcription server at ${shownAddress(address)} does not work: ${why}.${says}`,
      'Start it, or correct url under [transcription] in config.toml.',
      { cause },
    );
  }
}

function isBusy(status: number): boolean {
  return status >= 500 || status === 429;
}

/** Returns the pause before the same request may succeed, ms; Infinity: never. @param usual ms */
function pauseBefore(outcome: Outcome, usual: number): number {
  if (outcome.kind === 'refused')
    return isBusy(outcome.status) ? Math.max(usual, outcome.waitMs ?? 0) : Number.POSITIVE_INFINITY;
  return outcome.kind === 'failed' && outcome.again ? usual : Number.POSITIVE_INFINITY;
}

function readAnswer(answer: ServerAnswer, plain: boolean): Outcome {
  try {
    return { kind: 'text', text: answerText(answer, plain) };
  } catch (error) {
    return { kind: 'failed', error, again: false };
  }
}

/** Another way to ask that may be understood; null: there is none. */
function otherManner(
  { addresses, without }: Manner,
  form: FormData,
  { status, refusal }: Extract<Outcome, { kind: 'refused' }>,
): Manner | null {
  if (NOT_HERE.has(status)) {
    const rest = addresses.slice(1);
    return rest.length > 0 && !refusal.aboutModel ? { addresses: rest, without } : null;
  }
  if (!NOT_SO.has(status)) return null;
  const named = refusal.unknownField ? OPTIONAL_FIELDS : refusal.fields;
  const fields = named.filter((field) => form.has(field));
  return fields.length > 0 ? { addresses, without: new Set([...without, ...fields]) } : null;
}

function answerOf({ status, headers }: Response, body: Uint8Array): ServerAnswer {
  const whole = headers.has('content-length') || headers.has('transfer-encoding');
  return { status, type: headers.get('content-type'), server: headers.get('server'), whole, body };
}

async function limited(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MOST_ANSWER) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
