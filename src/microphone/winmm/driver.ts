import { messageOf } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import type { AudioFrame } from '../microphone.ts';
import { type Patience, RecorderFailure, type Recording, type SourceState } from '../recorder.ts';
import { S16Decoder } from '../s16.ts';
import { Watchdog } from '../watchdog.ts';
import type { CaptureReport } from './capture.ts';
import { DENIED, refusedReport } from './trouble.ts';
import type { CaptureMessage, CaptureOrder } from './worker.ts';

/** The thread with the devices. */
export interface CaptureThread {
  onMessage(listener: (message: CaptureMessage) => void): void;
  /** Calls back once when it has ended by itself. */
  onEnd(listener: (reason: Error) => void): void;
  post(order: CaptureOrder): void;
  terminate(): Promise<unknown>;
}

/** Records with a thread that it keeps between recordings. */
export class WinmmDriver {
  readonly #start: () => CaptureThread;
  readonly #device: string;
  #thread: CaptureThread | null = null;
  #ready: Promise<void> = Promise.resolve();
  #recordings = new Map<number, WinmmRecording>();
  #last = 0;
  #source: SourceState | null = null;
  #closed = false;

  /** Starts the thread. @param device as in the settings */
  constructor(device: string, start: () => CaptureThread) {
    this.#start = start;
    this.#device = device;
    this.#begin();
  }

  get source(): SourceState | null {
    return this.#source;
  }

  /** Reports why the thread does not work, or null. */
  async unavailable(): Promise<string | null> {
    if (this.#thread === null) this.#begin();
    try {
      await this.#ready;
      return null;
    } catch (error) {
      return `winmm does not load: ${messageOf(error)}`;
    }
  }

  /** Starts recording; its frames report what Windows refuses. @throws RecorderFailure when there is no thread */
  async open(patience: Patience): Promise<Recording> {
    const reason = await this.unavailable();
    const thread = this.#thread;
    if (reason !== null || thread === null || this.#closed)
      throw new RecorderFailure('ended', reason ?? 'its thread has ended');
    this.#last += 1;
    const id = this.#last;
    const recording = new WinmmRecording(patience, () => thread.post({ type: 'stop', id }));
    this.#recordings.set(id, recording);
    thread.post({ type: 'start', id, device: this.#device });
    return recording;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#recordings.values()].map((recording) => recording.end()));
    await this.#thread?.terminate();
    this.#thread = null;
  }

  #begin(): void {
    if (this.#closed) return;
    const thread = this.#start();
    this.#thread = thread;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined); // The next recording reports it.
    this.#ready = promise;
    thread.onMessage((message) => {
      if (message.type === 'ready') {
        const { names, preferred, denied } = message;
        this.#learn(preferred === null ? (names[0] ?? null) : (names[preferred] ?? null), denied);
        resolve();
      } else this.#take(message);
    });
    thread.onEnd((reason) => {
      reject(reason);
      if (this.#thread === thread) this.#thread = null;
      for (const recording of this.#recordings.values()) recording.lost(reason);
      this.#recordings.clear();
    });
  }

  #take(message: Exclude<CaptureMessage, { type: 'ready' }>): void {
    const recording = this.#recordings.get(message.id);
    if (message.type === 'ended') {
      this.#recordings.delete(message.id);
      recording?.ended();
      return;
    }
    const { report } = message;
    if (report.type === 'source') this.#learn(report.description, report.denied);
    if (report.type === 'denied') this.#learn(this.#source?.description ?? null, true);
    recording?.take(report);
  }

  #learn(description: string | null, denied: boolean): void {
    this.#source = { description, trouble: denied ? DENIED : null };
  }
}

/** One recording. It fails when no sound arrives. */
class WinmmRecording implements Recording {
  readonly #events = new EventQueue<AudioFrame>();
  readonly #decoder = new S16Decoder();
  readonly #watchdog: Watchdog;
  readonly #stop: () => void;
  readonly #ended = Promise.withResolvers<void>();
  #ending = false;

  constructor(patience: Patience, stop: () => void) {
    this.#stop = stop;
    this.#watchdog = new Watchdog(patience.first, patience.next, () =>
      this.#fail(new RecorderFailure('silent', 'no sound arrived')),
    );
  }

  frames(): AsyncIterable<AudioFrame> {
    return this.#events;
  }

  end(): Promise<void> {
    if (!this.#ending) {
      this.#ending = true;
      this.#watchdog.stop();
      this.#events.close();
      this.#stop();
    }
    return this.#ended.promise;
  }

  take(report: CaptureReport): void {
    if (report.type === 'sound') {
      this.#watchdog.feed();
      const samples = this.#decoder.decode(report.bytes);
      if (samples.length > 0) this.#events.push({ samples, at: performance.now() });
    } else if (report.type === 'denied') {
      this.#fail(new RecorderFailure('silent', DENIED.message, DENIED));
    } else if (report.type === 'refused') {
      const { refused } = report;
      const known = refusedReport(refused);
      const words = known?.message ?? `waveInOpen failed with MMRESULT ${refused.why}`;
      this.#fail(new RecorderFailure('ended', words, known));
    }
  }

  /** The device is free. */
  ended(): void {
    this.#ended.resolve();
  }

  /** The thread has ended. */
  lost(reason: Error): void {
    this.#fail(new RecorderFailure('ended', reason.message));
    this.#ended.resolve();
  }

  #fail(failure: RecorderFailure): void {
    this.#watchdog.stop();
    this.#events.fail(failure);
  }
}
