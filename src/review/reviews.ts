import type { Logger } from 'pino';
import { cleanPrompt } from '../agent/prompt.ts';
import { reportOf, VoiceError } from '../errors.ts';
import type { Bus, Fact, Review } from '../facts.ts';
import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance, UtterancePatch } from '../journal/live-utterance.ts';
import { type Editing, HeldPrompt } from './held-prompt.ts';
import { onePhraseChanged } from './one-phrase.ts';

interface ReviewsParts {
  /** `[prompt] review` is "notify". */
  enabled: () => boolean;
  /** `[prompt] review_seconds`. */
  seconds: () => number;
  journal: Journal;
  bus: Pick<Bus, 'publish' | 'shown'>;
  /** Takes a prompt that may be sent. @throws VoiceError project-unknown */
  deliver: (live: LiveUtterance) => void;
  /**
   * Opens the editor in a new window.
   * @param arrived resolves when the editor is ready
   * @throws VoiceError not-found: there is no terminal
   */
  openEditor: (id: string, arrived: Promise<void>) => Promise<void>;
  logger: Logger;
}

/** Time limit for an editor to start, ms; kitty takes one second on a slow machine. */
const OPENING_MS = 15_000;

/** True when the cancel key cancels a prompt. While an editor is open, the key belongs to the editor. */
export function areCancellable(reviews: readonly Review[]): boolean {
  const states = reviews.map(({ state }) => state);
  return !states.includes('editing') && states.some((state) => state !== 'confirmed');
}

/**
 * Prompts that the user sees before they are sent. Each has a countdown, which pauses while the prompt is edited or the
 * user speaks. They are sent in the order in which they were spoken. All are in the journal as `heard` with a mark, so
 * that they are shown again after a crash.
 */
export class Reviews {
  readonly #parts: ReviewsParts;
  #all: readonly HeldPrompt[] = [];
  #speaking = false;

  constructor(parts: ReviewsParts) {
    this.#parts = parts;
  }

  /** Waiting prompts, in the order in which they were spoken. */
  get all(): readonly Review[] {
    return this.#all.map(({ review }) => review);
  }

  /**
   * The newest prompt that is neither edited nor decided. `seenAt`: performance.now() when it was first on the screen,
   * ms.
   */
  get newest(): { id: string; seenAt: number | null } | null {
    const held = this.#newest;
    return held ? { id: held.live.id, seenAt: held.seenAt } : null;
  }

  /**
   * Takes a spoken prompt if review is enabled; typed prompts and files are not reviewed.
   * @param heard journalled together with the mark of the review
   * @returns false when it is not reviewed
   * @throws VoiceError journal-failed
   */
  begin(live: LiveUtterance, heard: UtterancePatch): boolean {
    if (!this.#parts.enabled() || live.record.source === 'file') return false;
    const { journal, bus } = this.#parts;
    journal.together(() => {
      live.update(heard);
      journal.queue((queue) => queue.reviewing(live.id));
    });
    bus.publish({ type: 'heard', utterance: live.record, held: true });
    this.#add(live);
    return true;
  }

  /** Continues a review of an earlier run; false: it was not in review. @throws VoiceError journal-failed */
  takeUp(live: LiveUtterance): boolean {
    const { journal } = this.#parts;
    if (live.record.state !== 'heard' || !journal.queue((queue) => queue.inReview(live.id))) return false;
    this.#add(live);
    return true;
  }

  /**
   * Sends a prompt, after those that were spoken before it.
   * @param id its beginning is enough. Default: the newest
   * @param text replaces the prompt
   * @throws VoiceError not-found, usage, prompt-empty, prompt-too-long
   */
  send(id?: string, text?: string): void {
    const held = this.#find(id);
    const before = held.live.record.prompt ?? '';
    if (text !== undefined) held.live.update({ prompt: cleanPrompt(text) });
    const change = text === undefined ? null : onePhraseChanged(before, held.live.record.prompt ?? '');
    this.#confirm(held);
    if (change)
      this.#parts.bus.publish({ type: 'corrected', utterance: held.live.record, ...change, typed: true });
  }

  /**
   * Changes the text of a prompt, and starts its countdown again. Returns false when it is not in review, or is being
   * edited. @throws VoiceError journal-failed
   */
  amend(id: string, patch: Pick<UtterancePatch, 'prompt' | 'changes'>): boolean {
    const held = this.#all.find(({ live, state }) => live.id === id && state !== 'editing');
    if (!held) return false;
    held.live.update(patch);
    held.restart();
    return true;
  }

  /** Cancels a prompt; the history keeps it. @throws VoiceError not-found, usage */
  cancel(id?: string): void {
    this.#cancel(this.#find(id));
  }

  /**
   * Stops the countdown for an editor, until it sends or cancels the prompt.
   * @param signal aborts when the editor has closed; then the countdown starts again
   * @throws VoiceError not-found, usage: another editor has it
   */
  edit(id: string | undefined, signal: AbortSignal): Review {
    const held = this.#find(id);
    if (held.editing?.arrived === null) {
      throw new VoiceError('usage', 'This prompt is already being edited.', 'Use the open editor window.');
    }
    held.editing?.arrived?.();
    this.#lend(held, { arrived: null }, signal);
    return held.review;
  }

  /** Opens the editor in a new window; the countdown stops meanwhile. @throws VoiceError not-found, usage */
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

  /** While the user speaks or is being transcribed, they may be about to cancel. */
  learn(fact: Fact): void {
    if (fact.type !== 'stage') return;
    const now = fact.stage === 'listening' || fact.stage === 'finishing';
    if (this.#speaking === now) return;
    this.#speaking = now;
    for (const held of this.#all) if (held.state === 'counting') held.restart();
  }

  /** Handles the cancel key while not listening: cancels the newest prompt. */
  cancelKey(): void {
    const newest = areCancellable(this.all) ? this.#newest : undefined;
    if (newest) this.#cancel(newest);
  }

  /** Ends. Undecided prompts stay in the journal. */
  close(): void {
    for (const held of this.#all) held.stop();
    this.#all = [];
    this.#changed();
  }

  get #newest(): HeldPrompt | undefined {
    return this.#all.findLast(({ state }) => state === 'counting' || state === 'unseen');
  }

  /** @throws VoiceError not-found, usage */
  #find(id: string | undefined): HeldPrompt {
    const found = id === undefined ? [] : this.#all.filter(({ live }) => live.id.startsWith(id));
    if (found.length > 1)
      throw new VoiceError('usage', `${id} matches several prompts.`, 'Give more of the id.');
    const held = id === undefined ? (this.#newest ?? this.#all.at(-1)) : found[0];
    if (held) return held;
    const what = id === undefined ? 'No prompt waits for review.' : `No prompt ${id} waits for review.`;
    throw new VoiceError('not-found', what, 'It was sent or cancelled. See `codex-voice history`.');
  }

  #add(live: LiveUtterance): void {
    const { seconds, bus, logger } = this.#parts;
    const held: HeldPrompt = new HeldPrompt(live, {
      seconds,
      speaking: () => this.#speaking,
      show: async ({ record }, view) =>
        (await bus.shown({ type: 'review', utterance: record, view })) !== null,
      onChange: () => this.#changed(),
      onOver: () => this.#confirm(held),
      logger,
    });
    this.#all = [...this.#all, held];
    held.restart();
  }

  #lend(held: HeldPrompt, editing: Editing, signal: AbortSignal): void {
    held.stop();
    held.state = 'editing';
    held.editing = editing;
    this.#parts.bus.publish({ type: 'review-hidden', utterance: held.live.id });
    this.#changed();
    const back = (): void => {
      if (held.editing !== editing || !this.#all.includes(held)) return;
      held.editing = null;
      if (held.state === 'editing') held.restart();
    };
    signal.addEventListener('abort', back, { once: true });
    if (signal.aborted) back();
  }

  #confirm(held: HeldPrompt): void {
    held.stop();
    held.editing = null;
    held.state = 'confirmed';
    this.#release();
    if (this.#all.includes(held)) void held.show();
    this.#changed();
  }

  #cancel(held: HeldPrompt): void {
    const { journal, bus } = this.#parts;
    const { live } = held;
    journal.together(() => {
      live.update({ state: 'cancelled' });
      journal.queue((queue) => queue.forget(live.id));
    });
    this.#remove(held);
    bus.publish({ type: 'ended', utterance: live.record });
    bus.publish({ type: 'not-sent', utterance: live.record });
    this.#release();
    this.#changed();
  }

  /** Sends confirmed prompts. Within a project, the order is kept. */
  #release(): void {
    const behind = new Set<string>();
    for (const held of this.#all) {
      const { project } = held.live.record;
      if (held.state !== 'confirmed') behind.add(project);
      else if (!behind.has(project)) this.#deliver(held);
    }
  }

  #deliver(held: HeldPrompt): void {
    const { journal, bus, deliver, logger } = this.#parts;
    const { live } = held;
    this.#remove(held);
    try {
      live.stopwatch.mark('reviewedAt');
      journal.queue((queue) => queue.reviewed(live.id));
      bus.publish({ type: 'released', utterance: live.record });
      deliver(live);
    } catch (error) {
      // Its project is not in the settings any more, or the journal cannot be written.
      logger.warn({ err: error, utterance: live.id }, 'a prompt could not be sent after its review');
      this.#fail(live, error);
    }
  }

  /** A timer calls this, so an error of the journal must end here. */
  #fail(live: LiveUtterance, error: unknown): void {
    const { bus, logger } = this.#parts;
    try {
      live.update({ state: 'failed', error: reportOf(error) });
      bus.publish({ type: 'ended', utterance: live.record });
    } catch (failure) {
      logger.error({ err: failure, utterance: live.id }, 'a prompt that was not sent cannot be journalled');
    }
  }

  #remove(held: HeldPrompt): void {
    held.stop();
    held.editing = null;
    this.#all = this.#all.filter((each) => each !== held);
  }

  #changed(): void {
    this.#parts.bus.publish({ type: 'reviews', reviews: this.all });
  }
}
