import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import { promptOf } from '../interpretation/clean.ts';
import type { Destination, Route } from '../interpretation/routing.ts';
import { LiveUtterance, type UtterancePatch } from '../journal/live-utterance.ts';
import { playRecording } from '../microphone/recorded.ts';
import { type ListenEvent, listen } from '../speech/listen.ts';
import type { Transcriber, Transcript } from '../transcription/transcriber.ts';
import type { Source } from '../utterance.ts';
import { projectNow } from '../wording/notifications.ts';
import { FirstFrame } from './first-frame.ts';
import type { Companion, HearingParts, HearingTools } from './hearing-parts.ts';
import { KeptSound } from './kept-sound.ts';
import type { Recording } from './voice-loop.ts';

type Heard = Extract<ListenEvent, { type: 'end' }>;

/** What a recording holds while it goes on. */
interface Open {
  microphone: AbortController;
  kept: KeptSound;
  follower: Companion | null;
  transcriber: Transcriber;
  /** Resolves true with the first sound, false when there was none. */
  opened: Promise<boolean>;
  /** Why nothing can be heard, as far as that is known; null: nothing is known to be wrong. */
  trouble: () => ErrorReport | null;
}

/** Takes an utterance from the key press to the queue for Codex. */
export class Hearing {
  readonly #parts: HearingParts;
  readonly #running = new Set<Promise<void>>();
  /** The project that the person worked in when the key was pressed. */
  readonly #focused = new WeakMap<LiveUtterance, Promise<string | null>>();

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /**
   * Begins to listen.
   * @param pressedAt performance.now() of the key press, ms
   * @param to the place that a spoken reply is for, whatever is said in it; null: a prompt with the hotkey
   */
  begin(pressedAt: number, to: Destination | null = null): Recording {
    const finish = new AbortController();
    const cancel = new AbortController();
    const microphone = new AbortController();
    const kept = new KeptSound(this.#parts.audio, this.#parts.logger);
    const { ear } = this.#parts;
    const tools = ear.tools();
    const follower = tools.accompany();
    const { transcriber } = tools;
    const first = new FirstFrame();
    // The microphone opens before anything else is done: what waits here cuts first words.
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
    const opened = first.heard;
    const trouble = () => tools.microphone.state.trouble;
    const open: Open = { microphone, kept, follower, transcriber, opened, trouble };
    this.#track(this.#hear(recording, to, events, open));
    return recording;
  }

  /**
   * Hears a recording, whole: pauses do not end it.
   * @param samples 16 kHz mono
   * @param to where it goes whatever is said in it
   * @returns the utterance, on its way
   */
  hearRecording(samples: Float32Array, source: Source, to: Destination | null = null): LiveUtterance {
    const { project, rule } = to ?? this.#parts.places.destination();
    const live = LiveUtterance.begin(this.#parts.journal, source, project, { rule });
    this.#track(this.#hearRecording(live, samples));
    return live;
  }

  /** Takes up an utterance of an earlier run whose sound was kept (16 kHz mono) and whose text is not known. */
  resume(live: LiveUtterance, samples: Float32Array): void {
    this.#track(this.#hearRecording(live, samples));
  }

  /** Resolves when all that was begun has ended. */
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
    { microphone, kept, follower, transcriber, opened, trouble }: Open,
  ): Promise<void> {
    const { bus, journal, places, progress } = this.#parts;
    const { signal } = recording.cancel;
    try {
      const { project, rule } = to ?? places.destination();
      const live = LiveUtterance.begin(journal, to ? 'reply' : 'hotkey', project, { rule });
      bus.publish({ type: 'listening', utterance: live.record });
      // These start other programs, which would take the processor from the microphone.
      if (!to)
        this.#focused.set(
          live,
          opened.then(() => this.#whereFocused()),
        );
      void opened.then((heard) => heard && this.#accompany(project, follower));
      kept.begin(live.id);
      recording.utterance = live.id;
      live.stopwatch.mark('pressedAt', recording.pressedAt);
      follower?.attach(
        (text, stable) => bus.publish({ type: 'partial', utterance: live.record, text, stable }),
        () => this.#parts.words.phrases(live.record.project),
      );
      await this.#guard(live, signal, async () => {
        const heard = await this.#last(live, events);
        microphone.abort();
        bus.publish({ type: 'listened' });
        progress.endpoint(recording);
        if (heard === null) return this.#silent(live, trouble());
        live.stopwatch.marks(heard.marks);
        const text = (audio: Heard): Promise<Transcript> =>
          follower ? follower.finish(audio, signal) : this.#transcript(transcriber, live, audio, signal);
        await this.#take(live, heard, text, () => kept.close());
      });
    } catch (error) {
      // Only the journal throws here: without it nothing is promised, so the person hears of it.
      bus.publish({ type: 'trouble', error: reportOf(error) });
    } finally {
      follower?.close();
      microphone.abort();
      kept.close();
      progress.done(recording);
    }
  }

  /** What comes with a recording, once it has sound. */
  #accompany(project: string, follower: Companion | null): void {
    this.#parts.bus.publish({ type: 'opened' });
    follower?.warm();
    this.#parts.words.prepare(project);
  }

  async #hearRecording(live: LiveUtterance, samples: Float32Array): Promise<void> {
    const { ear, bus } = this.#parts;
    const tools = ear.tools();
    try {
      await this.#guard(live, undefined, () => this.#hearWhole(live, samples, tools));
    } catch (error) {
      bus.publish({ type: 'trouble', error: reportOf(error) }); // As with the microphone.
    }
  }

  async #hearWhole(live: LiveUtterance, samples: Float32Array, tools: HearingTools): Promise<void> {
    // A separate one, since a file may be read while the user speaks.
    const detector = await tools.detector.another();
    try {
      const { signal } = new AbortController();
      const options = { ...tools.options, recordingSeconds: Number.POSITIVE_INFINITY };
      const frames = playRecording(samples, false, signal);
      const heard = await this.#last(live, listen({ frames, detector, options, finish: signal }));
      if (heard === null) return this.#empty(live);
      // A file is heard quicker than it was spoken: only what comes after it has a time.
      live.stopwatch.mark('endpointAt');
      const text = (audio: Heard): Promise<Transcript> => this.#transcript(tools.transcriber, live, audio);
      await this.#take(live, heard, text, () => this.#keep(live.id, samples));
    } finally {
      await detector.close().catch((error: unknown) => {
        // The utterance is on its way: it did not fail.
        this.#parts.logger.warn({ err: error }, 'a speech detector could not be closed');
      });
    }
  }

  /** Follows the recording to its end; null when nothing was said. */
  async #last(live: LiveUtterance, events: AsyncIterable<ListenEvent>): Promise<Heard | null> {
    for await (const event of events) {
      switch (event.type) {
        case 'level':
          this.#parts.bus.publish({
            type: 'level',
            utterance: live.record,
            dbfs: event.dbfs,
            speaking: event.speaking,
          });
          break;
        case 'end':
          this.#parts.logger.debug({ utterance: live.id, reason: event.reason }, 'endpoint');
          return event;
        case 'empty':
          return null;
        case 'speech':
          break;
      }
    }
    return null;
  }

  #transcript(
    transcriber: Transcriber,
    { record }: LiveUtterance,
    { audio }: Heard,
    signal?: AbortSignal,
  ): Promise<Transcript> {
    const phrases = this.#parts.words.phrases(record.project);
    return transcriber.transcribe(audio, { phrases, ...(signal ? { signal } : {}) });
  }

  /** @param keep completes the copy of the sound on disk; called while the engine works */
  async #take(
    live: LiveUtterance,
    heard: Heard,
    transcribe: (heard: Heard) => Promise<Transcript>,
    keep: () => void,
  ): Promise<void> {
    const { bus, meaning, places, words } = this.#parts;
    words.prepare(live.record.project);
    const { speechMs } = heard;
    const transcribing = transcribe(heard);
    keep();
    const [{ text, ms, confidence }] = await Promise.all([transcribing, this.#place(live)]);
    live.stopwatch.mark('textAt');
    live.stopwatch.transcribed(ms);
    const prompt = promptOf(text, { speechMs, confidence });
    if (prompt === null) return this.#empty(live, text);
    if (await this.#decides(live, text)) return this.#decided(live, text);
    const route = await this.#route(live, prompt);
    if (route.kind === 'switch') return this.#switch(live, text, route.project);
    const written = words.rewrite(route.project, route.prompt);
    const heardAs = { state: 'heard', transcript: text, confidence: confidence ?? null } as const;
    const patch: UtterancePatch = { ...heardAs, ...patchOf(route), ...written };
    if (!meaning.review(live, patch)) {
      live.update(patch);
      bus.publish({ type: 'heard', utterance: live.record, held: false });
      places.deliver(live);
    }
    this.#parts.audio.discard(live.id);
  }

  #keep(id: string, samples: Float32Array): void {
    const { audio, logger } = this.#parts;
    try {
      if (audio.pathOf(id) === null) audio.save(id, samples);
    } catch (error) {
      logger.error({ err: error }, 'a recording cannot be kept on the disk');
    }
  }

  /** Where it goes; what was asked for explicitly stays. */
  async #route(live: LiveUtterance, prompt: string): Promise<Route> {
    const { project, rule } = live.record;
    if (rule === 'asked') return { kind: 'prompt', project, rule, prompt };
    return this.#parts.places.route(prompt, rule === 'focused' ? project : null);
  }

  /** Never rejects: without an answer the prompt goes where it would go anyway. */
  async #whereFocused(): Promise<string | null> {
    try {
      return await this.#parts.places.focused();
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'the focused project is not known');
      return null;
    }
  }

  /** Where the person worked is on record before the text is known: a later run of the daemon cannot look. */
  async #place(live: LiveUtterance): Promise<void> {
    const project = await this.#focused.get(live);
    const { rule, state } = live.record;
    if (project && rule === 'default' && state === 'listening') live.update({ project, rule: 'focused' });
  }

  /** "Switch to the web app": said and done. */
  #switch(live: LiveUtterance, transcript: string, project: string): void {
    this.#parts.places.choose(project);
    live.update({ state: 'answered', transcript, project, rule: 'said', answer: projectNow(project) });
    this.#parts.audio.discard(live.id);
    this.#parts.bus.publish({ type: 'ended', utterance: live.record });
  }

  /** Only what comes from the hotkey may decide: a recording can be anybody's. */
  async #decides({ record, stopwatch }: LiveUtterance, text: string): Promise<boolean> {
    return record.source === 'hotkey' && this.#parts.meaning.decide(text, stopwatch.at('pressedAt'));
  }

  /** It was for Codex's request and for nothing else. */
  #decided(live: LiveUtterance, transcript: string): void {
    live.update({ state: 'cancelled', transcript });
    this.#parts.audio.discard(live.id);
    this.#parts.bus.publish({ type: 'ended', utterance: live.record });
  }

  /** Nothing was said, or a microphone that is known to be muted could not hear it. */
  #silent(live: LiveUtterance, trouble: ErrorReport | null): void {
    live.update(trouble === null ? { state: 'empty' } : { state: 'failed', error: trouble });
    this.#parts.audio.discard(live.id);
    this.#parts.bus.publish({ type: 'ended', utterance: live.record });
  }

  #empty(live: LiveUtterance, transcript: string | null = null): void {
    live.update({ state: 'empty', transcript });
    this.#parts.audio.discard(live.id);
    this.#parts.bus.publish({ type: 'ended', utterance: live.record });
  }

  /** Whatever goes wrong with an utterance ends in its record and before the person's eyes. */
  async #guard(
    live: LiveUtterance,
    cancel: AbortSignal | undefined,
    work: () => Promise<void>,
  ): Promise<void> {
    const { audio, bus, logger } = this.#parts;
    try {
      await work();
    } catch (error) {
      if (cancel?.aborted) {
        live.update({ state: 'cancelled' });
        audio.discard(live.id);
      } else {
        logger.error({ err: error, utterance: live.id }, 'the utterance could not be heard');
        const file = audio.pathOf(live.id);
        live.update({ state: 'failed', error: reportOf(file === null ? error : withAudio(error, file)) });
      }
      bus.publish({ type: 'ended', utterance: live.record });
    }
  }
}

function patchOf({ project, rule, prompt }: Extract<Route, { kind: 'prompt' }>) {
  return { project, rule, prompt };
}

/** Adds where the sound is kept, and how it is tried again. */
function withAudio(error: unknown, file: string): VoiceError {
  const { code, message, hint } = reportOf(error);
  const advice = `${hint} What you said is kept: codex-voice ask --audio ${file}`;
  return new VoiceError(code, message, advice, { cause: error });
}

/** A generator whose first step is taken now and not when somebody asks for it. */
function begun<T>(source: AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  const first = source.next();
  first.catch(() => undefined); // Whoever iterates hears of it; perhaps nobody comes to that.
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let next = await first; !next.done; next = await source.next()) yield next.value;
      } finally {
        await source.return();
      }
    },
  };
}
