import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { errorOf } from '../../errors.ts';
import type { TranscribeOptions, Transcript } from '../transcriber.ts';
import type { EngineAnswer, EngineRequest, FromEngine, SentPhrases, ToEngine } from './messages.ts';

/** Lines of the engine's own output that are kept, to say what it died of. */
const LAST_WORDS = 10;
/** An engine that has not loaded its model by then hangs, ms (it takes 0.2 to 1 s). */
const LOAD_TIMEOUT_MS = 60_000;
/** An engine that takes longer than this hangs: this, ms, and five times as long as the audio. */
const RUN_TIMEOUT_MS = 30_000;

/**
 * Lets glibc (2.35 or later) ask for huge pages, where the system grants them on request. A virtual machine may take 12 us
 * for each small page: a text of tiny.en through transcribe-cpp took 436 ms instead of 540 there. Other systems ignore it.
 */
const HUGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

/** How an engine's process starts. */
interface EngineCommand {
  /** See childCommand(). */
  command: string;
  args: string[];
  /** Blocks of memory from this size on are given back to the system as soon as they are free, bytes (glibc). */
  givesBack: number;
}

/** The engine's process ended without being asked to. What it worked on can be tried again. */
export class EngineDied extends Error {
  /** Its last output. */
  readonly lastWords: string[];

  constructor(how: string, lastWords: string[]) {
    super(`the speech engine ended (${how})`);
    this.name = 'EngineDied';
    this.lastWords = lastWords;
  }
}

interface Pending {
  resolve: (answer: EngineAnswer) => void;
  reject: (error: unknown) => void;
}

/** One process of the engine, from its start to its death. */
export class EngineProcess {
  /** Resolves when the model is loaded. Rejects with EngineDied, or the VoiceError that makes the model unusable. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly died: Promise<EngineDied>;
  readonly #child: ChildProcess;
  readonly #logger: Logger;
  readonly #lastWords: string[] = [];
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #death: EngineDied | null = null;
  /** The phrases that the process knows. */
  #phrases: { key: number; list: readonly string[] } | null = null;

  /** Starts it. */
  constructor({ command, args, givesBack }: EngineCommand, logger: Logger) {
    this.#logger = logger;
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      windowsHide: true,
      env: { ...HUGE_PAGES, MALLOC_MMAP_THRESHOLD_: String(givesBack), ...process.env },
    });
    this.#log(this.#child.stdout);
    this.#log(this.#child.stderr);
    this.died = this.#untilDeath();
    void this.died.then((death) => {
      this.#death = death;
      for (const { reject } of this.#pending.values()) reject(death);
    });
    this.ready = this.#readiness();
    this.ready.catch(() => undefined); // It is the owner's to handle, whenever they look.
    this.#child.on('message', (message: FromEngine) => this.#settle(message));
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /**
   * Transcribes; await `ready` first.
   * @throws EngineDied; VoiceError engine-failed, speech-unclear for this audio; AbortError
   */
  async transcribe(audio: Float32Array, options: TranscribeOptions): Promise<Transcript> {
    const { prompt, phrases, draft, yields, signal } = options;
    const answer = await this.#ask(
      {
        type: 'transcribe',
        audio,
        ...(prompt === undefined ? {} : { prompt }),
        ...(phrases === undefined ? {} : { phrases: this.#sent(phrases) }),
        ...(draft === undefined ? {} : { draft }),
        ...(yields === undefined ? {} : { yields }),
      },
      RUN_TIMEOUT_MS + (audio.length / 16) * 5,
      signal,
    );
    if (answer.type !== 'transcribed') throw unexpected(answer);
    return answer.transcript;
  }

  /** Loads smart-turn if necessary. @throws EngineDied; VoiceError detector-failed */
  async warm(): Promise<void> {
    await this.#ask({ type: 'warm' }, LOAD_TIMEOUT_MS);
  }

  /** Asks smart-turn whether the speaker has finished. @throws EngineDied; VoiceError detector-failed */
  async finished(samples: Float32Array): Promise<number> {
    const answer = await this.#ask({ type: 'turn', samples }, RUN_TIMEOUT_MS);
    if (answer.type !== 'turn') throw unexpected(answer);
    return answer.probability;
  }

  async #ask(request: EngineRequest, timeout: number, signal?: AbortSignal): Promise<EngineAnswer> {
    signal?.throwIfAborted();
    if (this.#death !== null) throw this.#death;
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<EngineAnswer>();
    this.#pending.set(id, { resolve, reject });
    const hung = this.#killAfter(timeout, 'it hung while working');
    const abort = (): void => this.#send({ type: 'abort', id });
    signal?.addEventListener('abort', abort, { once: true });
    this.#send({ ...request, id });
    try {
      return await promise;
    } finally {
      clearTimeout(hung);
      signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
    }
  }

  /** The list goes along when it is not the one that went along last. */
  #sent(list: readonly string[]): SentPhrases {
    if (this.#phrases?.list === list) return { key: this.#phrases.key };
    this.#phrases = { key: (this.#phrases?.key ?? 0) + 1, list };
    return this.#phrases;
  }

  /** Kills the process and waits for its end. */
  async stop(): Promise<void> {
    // It has nothing to save, and native code may ignore SIGTERM.
    this.#child.kill('SIGKILL');
    await this.died;
  }

  async #untilDeath(): Promise<EngineDied> {
    const how = await Promise.race([closed(this.#child), failureToStart(this.#child)]);
    return new EngineDied(how, this.#lastWords);
  }

  async #readiness(): Promise<void> {
    const hung = this.#killAfter(LOAD_TIMEOUT_MS, 'it hung while loading the model');
    try {
      const message = await Promise.race([
        once(this.#child, 'message').then(([first]) => first as FromEngine),
        this.died,
      ]);
      if (message instanceof EngineDied) throw message;
      if (message.type === 'unusable') {
        throw errorOf(message.error);
      }
    } finally {
      clearTimeout(hung);
    }
  }

  #settle(message: FromEngine): void {
    if (message.type === 'ready' || message.type === 'unusable') return;
    const pending = this.#pending.get(message.id);
    if (message.type === 'aborted') pending?.reject(abortError());
    else if (message.type === 'refused') pending?.reject(errorOf(message.error));
    else pending?.resolve(message);
  }

  #send(message: ToEngine): void {
    this.#child.send(message, (error) => {
      // Its death is what the caller hears about.
      if (error) this.#logger.debug({ error: error.message }, 'the speech engine cannot be reached');
    });
  }

  #killAfter(ms: number, why: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#lastWords.push(why);
      this.#child.kill('SIGKILL');
    }, ms);
  }

  #log(stream: Readable | null): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.#logger.debug({ pid: this.pid }, line);
      this.#lastWords.push(line);
      if (this.#lastWords.length > LAST_WORDS) this.#lastWords.shift();
    });
  }
}

/**
 * Resolves with how the process ended. `close` instead of `exit`, because its last output has been read by then. `once`
 * of node:events would reject at any `error` of a running process.
 */
function closed(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `status ${code}`));
  });
}

/** A process that cannot be started has no `close`. */
function failureToStart(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
  });
}

function unexpected({ type }: EngineAnswer): Error {
  return new Error(`the speech engine answered with "${type}"`);
}

/** The rejection of an aborted call. */
export function abortError(message = 'The transcription was cancelled'): DOMException {
  return new DOMException(message, 'AbortError');
}
