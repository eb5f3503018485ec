import type { Logger } from 'pino';
import { cleanPrompt } from '../codex/paste.ts';
import type { Review } from '../control/protocol.ts';
import { reportOf, VoiceError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { reviewPhrase } from '../prompt/review-phrase.ts';
import type { ReviewView } from '../reply/review-bubbles.ts';
import type { Announcer } from './announcer.ts';
import type { LiveUtterance, UtterancePatch } from './live-utterance.ts';

export interface ReviewsParts {
  /** `[prompt] review` is "notify". */
  enabled: () => boolean;
  /** `[prompt] review_seconds`. */
  seconds: () => number;
  journal: Journal;
  announcer: Pick<
    Announcer,
    'held' | 'review' | 'reviewHidden' | 'reviews' | 'released' | 'ended' | 'notSent'
  >;
  /** Takes over what may be sent. @throws VoiceError project-unknown */
  deliver: (live: LiveUtterance) => void;
  /**
   * Opens the editor in a window of its own.
   * @param arrived resolves when it is there
   * @throws VoiceError not-found: there is no terminal
   */
  openEditor: (id: string, arrived: Promise<void>) => Promise<void>;
  /** There is, or is no more, something that the cancel key would cancel. */
  onCancellable: (cancellable: boolean) => void;
  logger: Logger;
}

/** Where no notification server took the bubble it is tried again after this time, ms: nothing is sent unseen. */
const RETRY_MS = 2_000;
/** The stage of an utterance ends just after its text is there; only what comes after that is another one, ms. */
const SETTLES_MS = 100;
/** An editor that was asked for is there within this time, ms; kitty takes one second on a slow machine. */
const OPENING_MS = 15_000;

/** Who edits a prompt. */
interface Editing {
  /** A window that is not there yet: called when the editor in it takes over. */
  arrived: (() => void) | null;
}

interface Held {
  readonly live: LiveUtterance;
  state: 'unseen' | 'counting' | 'editing' | 'confirmed';
  /** performance.now() at which it is sent, ms; null: the countdown does not run. */
  endsAt: number | null;
  /** performance.now() when it was on the screen for the first time, ms. */
  seenAt: number | null;
  editing: Editing | null;
  /** Each change of what it does: what was begun before means nothing any more. */
  round: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Prompts that the person sees before they are sent: each counts down for itself, and stands still while it is
 * edited or the person speaks. They are sent in the order in which they were spoken. All are in the journal as
 * `heard` with a mark, so that a daemon that dies shows them again.
 */
export class Reviews {
  readonly #parts: ReviewsParts;
  #all: readonly Held[] = [];
  #speaking = false;
  #cancellable = false;

  constructor(parts: ReviewsParts) {
    this.#parts = parts;
  }

  /** Those that wait, in the order in which they were spoken. */
  get all(): readonly Review[] {
    return this.#all.map((held) => reviewOf(held));
  }

  /**
   * Takes what was spoken, where it is to be seen first; what was typed or comes from a file is not.
   * @param heard journalled together with the mark of the review
   * @returns false: it is for somebody else
   * @throws VoiceError journal-failed
   */
  begin(live: LiveUtterance, heard: UtterancePatch): boolean {
    if (!this.#parts.enabled() || live.record.source === 'file') return false;
    const { journal, announcer } = this.#parts;
    journal.together(() => {
      live.update(heard);
      journal.queue((queue) => queue.reviewing(live.id));
    });
    announcer.held(live.record);
    this.#add(live);
    return true;
  }

  /** Takes up one of an earlier run of the daemon; false: it was not under review. @throws VoiceError journal-failed */
  takeUp(live: LiveUtterance): boolean {
    const { journal } = this.#parts;
    if (live.record.state !== 'heard' || !journal.queue((queue) => queue.inReview(live.id))) return false;
    this.#add(live);
    return true;
  }

  /**
   * Lets it be sent, behind those that were spoken before it.
   * @param id its beginning is enough; absent: the newest
   * @param text instead of what was heard
   * @throws VoiceError not-found, usage, prompt-empty, prompt-too-long
   */
  send(id?: string, text?: string): void {
    const held = this.#find(id);
    if (text !== undefined) held.live.update({ prompt: cleanPrompt(text) });
    this.#confirm(held);
  }

  /** It is not sent; the history keeps it. @throws VoiceError not-found, usage */
  cancel(id?: string): void {
    this.#cancel(this.#find(id));
  }

  /**
   * Stops the countdown for an editor, until it has sent or cancelled it.
   * @param signal the editor is gone: the countdown begins anew
   * @throws VoiceError not-found, usage: another editor has it
   */
  edit(id: string | undefined, signal: AbortSignal): Review {
    const held = this.#find(id);
    if (held.editing?.arrived === null) {
      throw new VoiceError('usage', 'This prompt is being edited already.', 'Look for its window.');
    }
    held.editing?.arrived?.();
    this.#lend(held, { arrived: null }, signal);
    return reviewOf(held);
  }

  /** Opens the editor in a window of its own; the countdown stops meanwhile. @throws VoiceError not-found, usage */
  async openEditor(id?: string): Promise<void> {
    const held = this.#find(id);
    if (held.editing) return;
    const failed = new AbortController();
    const { promise: arrival, resolve: arrived } = Promise.withResolvers<void>();
    const over = AbortSignal.any([failed.signal, AbortSignal.timeout(OPENING_MS)]);
    this.#lend(held, { arrived }, over);
    try {
      await this.#parts.openEditor(held.live.id, arrival);
    } catch (error) {
      failed.abort();
      throw error;
    }
  }

  /** The person speaks, or what they said is being transcribed: they may be about to cancel. */
  speaking(now: boolean): void {
    if (this.#speaking === now) return;
    this.#speaking = now;
    for (const held of this.#all) if (held.state === 'counting') this.#restart(held);
  }

  /**
   * Takes a transcript that is for the newest prompt under review; only the whole utterance counts.
   * @param pressedAt performance.now() of the key press, ms; null: in an earlier run of the daemon
   * @returns true: it was that, and is no prompt
   */
  async decide(transcript: string, pressedAt: number | null): Promise<boolean> {
    const phrase = reviewPhrase(transcript);
    if (phrase === null || pressedAt === null) return false;
    const newest = this.#newest;
    if (!newest) return false;
    if (phrase === 'cancel') {
      this.#cancel(newest);
      return true;
    }
    // Nobody lets pass what they have not seen.
    if (newest.seenAt === null || newest.seenAt > pressedAt) return false;
    if (phrase === 'send') this.#confirm(newest);
    else await this.openEditor(newest.live.id);
    return true;
  }

  /** The cancel key, where nothing is being heard: the newest is not sent. */
  cancelKey(): void {
    const newest = this.#cancellable ? this.#newest : undefined;
    if (newest) this.#cancel(newest);
  }

  /** Ends; what was not decided stays in the journal. */
  close(): void {
    for (const held of this.#all) stop(held);
    this.#all = [];
    this.#changed();
  }

  /** The newest that nobody edits and that is not decided. */
  get #newest(): Held | undefined {
    return this.#all.findLast(({ state }) => state === 'counting' || state === 'unseen');
  }

  /** @throws VoiceError not-found, usage */
  #find(id: string | undefined): Held {
    const found = id === undefined ? [] : this.#all.filter(({ live }) => live.id.startsWith(id));
    if (found.length > 1) throw new VoiceError('usage', `${id} could be several.`, 'Write more of the id.');
    const held = id === undefined ? (this.#newest ?? this.#all.at(-1)) : found[0];
    if (held) return held;
    const what =
      id === undefined ? 'No prompt waits to be looked at.' : `No prompt ${id} waits to be looked at.`;
    throw new VoiceError('not-found', what, 'It was sent or cancelled: `codex-voice history` has it.');
  }

  #add(live: LiveUtterance): void {
    const held: Held = {
      live,
      state: 'counting',
      endsAt: null,
      seenAt: null,
      editing: null,
      round: 0,
      timer: undefined,
    };
    this.#all = [...this.#all, held];
    this.#restart(held);
  }

  /** Counts down, from the beginning, once the bubble is up and unless the person speaks. */
  #restart(held: Held): void {
    stop(held);
    held.state = 'counting';
    this.#changed();
    if (this.#speaking && held.seenAt === null)
      held.timer = setTimeout(() => this.#present(held), SETTLES_MS);
    else this.#present(held);
  }

  #present(held: Held): void {
    const { round } = held;
    void this.#show(held).then((shown) => {
      if (held.round !== round) return;
      if (!shown) {
        held.state = 'unseen';
        held.timer = setTimeout(() => this.#restart(held), RETRY_MS);
        this.#changed();
        return;
      }
      held.seenAt ??= performance.now();
      if (this.#speaking) return;
      held.endsAt = performance.now() + this.#parts.seconds() * 1_000;
      this.#changed();
      this.#count(held, held.endsAt);
    });
  }

  /** Shows each second that is left. @param endsAt performance.now(), ms */
  #count(held: Held, endsAt: number): void {
    const left = endsAt - performance.now();
    const toNextSecond = left - 1_000 * (Math.ceil(left / 1_000) - 1);
    held.timer = setTimeout(() => {
      if (performance.now() >= endsAt) {
        this.#confirm(held);
        return;
      }
      void this.#show(held);
      this.#count(held, endsAt);
    }, toNextSecond);
  }

  #show(held: Held): Promise<boolean> {
    const left = held.endsAt === null ? this.#parts.seconds() : (held.endsAt - performance.now()) / 1_000;
    const counting: ReviewView = this.#speaking
      ? { state: 'stopped' }
      : { state: 'counting', left: Math.ceil(left) };
    const view: ReviewView = held.state === 'confirmed' ? { state: 'confirmed' } : counting;
    return this.#parts.announcer.review(held.live.record, view);
  }

  #lend(held: Held, editing: Editing, signal: AbortSignal): void {
    stop(held);
    held.state = 'editing';
    held.editing = editing;
    this.#parts.announcer.reviewHidden(held.live.id);
    this.#changed();
    const back = (): void => {
      if (held.editing !== editing || !this.#all.includes(held)) return;
      held.editing = null;
      if (held.state === 'editing') this.#restart(held);
    };
    signal.addEventListener('abort', back, { once: true });
    if (signal.aborted) back();
  }

  #confirm(held: Held): void {
    stop(held);
    held.editing = null;
    held.state = 'confirmed';
    this.#release();
    if (this.#all.includes(held)) void this.#show(held);
    this.#changed();
  }

  #cancel(held: Held): void {
    const { journal, announcer } = this.#parts;
    const { live } = held;
    journal.together(() => {
      live.update({ state: 'cancelled' });
      journal.queue((queue) => queue.forget(live.id));
    });
    this.#remove(held);
    void announcer.ended(live.record);
    announcer.notSent(live.record);
    this.#release();
    this.#changed();
  }

  /** Sends what may be sent: within a project nothing overtakes what was spoken before it. */
  #release(): void {
    const behind = new Set<string>();
    for (const held of this.#all) {
      const { project } = held.live.record;
      if (held.state !== 'confirmed') behind.add(project);
      else if (!behind.has(project)) this.#deliver(held);
    }
  }

  #deliver(held: Held): void {
    const { journal, announcer, deliver, logger } = this.#parts;
    const { live } = held;
    this.#remove(held);
    try {
      live.stopwatch.mark('reviewedAt');
      journal.queue((queue) => queue.reviewed(live.id));
      announcer.released(live.record);
      deliver(live);
    } catch (error) {
      // Its project is not in the settings any more, or the journal cannot be written.
      logger.warn({ err: error, utterance: live.id }, 'a prompt could not be sent after its review');
      live.update({ state: 'failed', error: reportOf(error) });
      void announcer.ended(live.record);
    }
  }

  #remove(held: Held): void {
    stop(held);
    held.editing = null;
    this.#all = this.#all.filter((each) => each !== held);
  }

  #changed(): void {
    this.#parts.announcer.reviews(this.all);
    // Escape belongs to the editor while there is one.
    const edited = this.#all.some(({ state }) => state === 'editing');
    const cancellable = !edited && this.#newest !== undefined;
    if (cancellable === this.#cancellable) return;
    this.#cancellable = cancellable;
    this.#parts.onCancellable(cancellable);
  }
}

function stop(held: Held): void {
  clearTimeout(held.timer);
  held.timer = undefined;
  held.endsAt = null;
  held.round += 1;
}

function reviewOf({ live, state, endsAt }: Held): Review {
  const { id, project, rule, transcript, prompt } = live.record;
  return {
    id,
    project,
    rule,
    transcript,
    prompt: prompt ?? '',
    state: state === 'counting' && endsAt === null ? 'stopped' : state,
    left_s: endsAt === null ? null : Math.max(0, Math.round((endsAt - performance.now()) / 100) / 10),
  };
}
