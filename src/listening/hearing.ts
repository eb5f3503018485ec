import { reportOf } from '../errors.ts';
import type { Destination } from '../interpretation/destination.ts';
import { LiveUtterance } from '../journal/live-utterance.ts';
import { playRecording } from '../microphone/recorded.ts';
import { type ListenEvent, listen } from '../speech/listen.ts';
import type { Source } from '../utterance.ts';
import { begun } from './begun.ts';
import { FirstFrame } from './first-frame.ts';
import type { Companion, HearingParts, HearingTools } from './hearing-parts.ts';
import { KeptSound } from './kept-sound.ts';
import { type HeardSound, OneUtterance } from './one-utterance.ts';
import type { Recording } from './voice-loop.ts';

/** A running recording. */
interface Open {
  microphone: AbortController;
  kept: KeptSound;
  follower: Companion | null;
  tools: HearingTools;
  /** Resolves true with the first sound, false without any. */
  opened: Promise<boolean>;
}

/** Takes an utterance from the key press to the queue for Codex. */
export class Hearing {
  readonly #parts: HearingParts;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /**
   * Starts listening.
   * @param pressedAt performance.now() of the key press, ms
   * @param to fixed destination of a spoken reply; null: a prompt with the hotkey
   */
  begin(pressedAt: number, to: Destination | null = null): Recording {
    const finish = new AbortController();
    const cancel = new AbortController();
    const microphone = new AbortController();
    const kept = new KeptSound(this.#parts.audio, this.#parts.logger);
    const { ear } = this.#parts;
    const tools = ear.tools();
    const follower = tools.accompany();
    const first = new FirstFrame();
    // The microphone opens first: any delay here cuts off the first words.
    const events = begun(
      listen({
        frames: kept.of(first.of(tools.microphone.record(microphone.signal))),
        detector: tools.detector,
        options: tools.options,
        follower,
        finish: finish.signal,
        signal: cancel.signal,
        own: (at) => ear.own(at),
      }),
    );
    const recording: Recording = { pressedAt, finish, cancel };
    this.#track(
      this.#hear(recording, to, events, { microphone, kept, follower, tools, opened: first.heard }),
    );
    return recording;
  }

  /**
   * Hears a whole recording; pauses do not end it.
   * @param samples 16 kHz mono
   * @param to fixed destination
   * @returns the utterance, on its way
   */
  hearRecording(samples: Float32Array, source: Source, to: Destination | null = null): LiveUtterance {
    const { project, rule } = to ?? this.#parts.places.destination();
    const live = LiveUtterance.begin(this.#parts.journal, source, project, { rule });
    this.#track(this.#hearRecording(live, samples));
    return live;
  }

  /** Continues an utterance of an earlier run, whose sound was kept (16 kHz mono) but not transcribed. */
  resume(live: LiveUtterance, samples: Float32Array): void {
    this.#track(this.#hearRecording(live, samples));
  }

  /** Resolves when every recording has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  #track(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => this.#parts.logger.error({ err: error }, 'a recording could not be ended'))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #hear(
    recording: Recording,
    to: Destination | null,
    events: AsyncIterable<ListenEvent>,
    { microphone, kept, follower, tools, opened }: Open,
  ): Promise<void> {
    const { bus, journal, places, progress } = this.#parts;
    const { signal } = recording.cancel;
    try {
      const { project, rule } = to ?? places.destination();
      const live = LiveUtterance.begin(journal, to ? 'reply' : 'hotkey', project, { rule });
      bus.publish({ type: 'listening', utterance: live.record });
      // These start other programs, which would take the processor from the microphone.
      const focused = to ? null : opened.then(() => this.#whereFocused());
      const utterance = new OneUtterance(live, this.#parts, focused);
      void opened.then((heard) => heard && this.#accompany(project, follower));
      kept.begin(live.id);
      recording.utterance = live.id;
      live.stopwatch.mark('pressedAt', recording.pressedAt);
      follower?.attach(
        (text, stable) => bus.publish({ type: 'partial', utterance: live.record, text, stable }),
        () => this.#parts.words.phrases(live.record.project),
      );
      await utterance.guard(signal, async () => {
        const heard = await utterance.last(events);
        microphone.abort();
        bus.publish({ type: 'listened' });
        progress.endpoint(recording);
        if (heard === null) return utterance.silent(tools.microphone.state.trouble);
        live.stopwatch.marks(heard.marks);
        const text = (audio: HeardSound) =>
          follower ? follower.finish(audio, signal) : this.#transcript(tools, live, audio, signal);
        await utterance.take(heard, text, () => kept.close());
      });
    } catch (error) {
      // Only the journal throws here. Without it nothing can be guaranteed, so the user gets the error.
      bus.publish({ type: 'trouble', error: reportOf(error) });
    } finally {
      follower?.close();
      microphone.abort();
      kept.close();
      progress.done(recording);
    }
  }

  /** Starts the work beside a recording, once it has sound. */
  #accompany(project: string, follower: Companion | null): void {
    this.#parts.bus.publish({ type: 'opened' });
    follower?.warm();
    this.#parts.words.prepare(project);
  }

  async #hearRecording(live: LiveUtterance, samples: Float32Array): Promise<void> {
    const { ear, bus } = this.#parts;
    const tools = ear.tools();
    const utterance = new OneUtterance(live, this.#parts);
    try {
      await utterance.guard(undefined, () => this.#hearWhole(utterance, samples, tools));
    } catch (error) {
      bus.publish({ type: 'trouble', error: reportOf(error) }); // As with the microphone.
    }
  }

  async #hearWhole(utterance: OneUtterance, samples: Float32Array, tools: HearingTools): Promise<void> {
    const { live } = utterance;
    // A separate one, because a file may be read while the user speaks.
    const detector = await tools.detector.another();
    try {
      const { signal } = new AbortController();
      const options = { ...tools.options, recordingSeconds: Number.POSITIVE_INFINITY };
      const frames = playRecording(samples, false, signal);
      const heard = await utterance.last(listen({ frames, detector, options, finish: signal }));
      if (heard === null) return utterance.silent(null);
      // A file is read faster than it was spoken, so only the stages after it are timed.
      live.stopwatch.mark('endpointAt');
      const text = (audio: HeardSound) => this.#transcript(tools, live, audio);
      await utterance.take(heard, text, () => this.#keep(live.id, samples));
    } finally {
      await detector.close().catch((error: unknown) => {
        // The utterance is on its way and has not failed.
        this.#parts.logger.warn({ err: error }, 'a speech detector could not be closed');
      });
    }
  }

  #transcript(
    { transcriber }: HearingTools,
    { record }: LiveUtterance,
    { audio }: HeardSound,
    signal?: AbortSignal,
  ) {
    const phrases = this.#parts.words.phrases(record.project);
    return transcriber.transcribe(audio, { phrases, ...(signal ? { signal } : {}) });
  }

  #keep(id: string, samples: Float32Array): void {
    const { audio, logger } = this.#parts;
    try {
      if (audio.pathOf(id) === null) audio.save(id, samples);
    } catch (error) {
      logger.error({ err: error }, 'a recording cannot be kept on the disk');
    }
  }

  /** Never rejects: without an answer, the prompt goes to its default destination. */
  async #whereFocused(): Promise<string | null> {
    try {
      return await this.#parts.places.focused();
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'the focused project is not known');
      return null;
    }
  }
}
