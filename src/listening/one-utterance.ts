import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';
import type { ListenEvent } from '../speech/listen.ts';
import type { Transcript } from '../transcription/transcriber.ts';
import type { HearingParts } from './hearing-parts.ts';

/** The sound of an utterance, from its first word to its last. */
export type HeardSound = Extract<ListenEvent, { type: 'end' }>;

/** One utterance, from its sound to its interpretation. */
export class OneUtterance {
  readonly live: LiveUtterance;
  readonly #parts: HearingParts;
  readonly #focused: Promise<string | null>;

  /** @param focused the focused project; null: unknown */
  constructor(live: LiveUtterance, parts: HearingParts, focused: Promise<string | null> | null = null) {
    this.live = live;
    this.#parts = parts;
    this.#focused = focused ?? Promise.resolve(null);
  }

  /** Follows the recording to its end; null when nothing was said. */
  async last(events: AsyncIterable<ListenEvent>): Promise<HeardSound | null> {
    const { bus, logger } = this.#parts;
    for await (const event of events) {
      switch (event.type) {
        case 'level': {
          const { dbfs, speaking } = event;
          bus.publish({ type: 'level', utterance: this.live.record, dbfs, speaking });
          break;
        }
        case 'end':
          logger.debug({ utterance: this.live.id, reason: event.reason }, 'endpoint');
          return event;
        case 'empty':
          return null;
        case 'speech':
          break;
      }
    }
    return null;
  }

  /**
   * Transcribes the sound and passes its meaning on.
   * @param keep completes the copy of the sound on disk; called while the engine works
   */
  async take(
    sound: HeardSound,
    transcribe: (sound: HeardSound) => Promise<Transcript>,
    keep: () => void,
  ): Promise<void> {
    const { live } = this;
    const { meaning, words, audio } = this.#parts;
    words.prepare(live.record.project);
    const transcribing = transcribe(sound);
    keep();
    const [{ text, ms, confidence }] = await Promise.all([transcribing, this.#place()]);
    live.stopwatch.mark('textAt');
    live.stopwatch.transcribed(ms);
    const { source, project, rule } = live.record;
    const pressedAt = live.stopwatch.at('pressedAt');
    const heard = { transcript: text, confidence, speechMs: sound.speechMs };
    await meaning.take({ ...heard, source, pressedAt, project, rule }, live);
    audio.discard(live.id);
  }

  /** Ends it without speech: nothing was said, or the microphone has a known problem. */
  silent(trouble: ErrorReport | null): void {
    this.live.update(trouble === null ? { state: 'empty' } : { state: 'failed', error: trouble });
    this.#parts.audio.discard(this.live.id);
    this.#parts.bus.publish({ type: 'ended', utterance: this.live.record });
  }

  /** Every failure ends in the utterance's record and is shown to the user. */
  async guard(cancel: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
    const { live } = this;
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

  /** Records the focused project before the text is known, because a later run cannot determine it. */
  async #place(): Promise<void> {
    const project = await this.#focused;
    const { rule, state } = this.live.record;
    if (project && rule === 'default' && state === 'listening')
      this.live.update({ project, rule: 'focused' });
  }
}

/** Adds the path of the recording, and how to try it again. */
function withAudio(error: unknown, file: string): VoiceError {
  const { code, message, hint } = reportOf(error);
  const advice = `${hint} What you said is kept: codex-voice ask --audio ${file}`;
  return new VoiceError(code, message, advice, { cause: error });
}
