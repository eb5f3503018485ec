import type { Logger } from 'pino';
import type { TurnEvent } from '../agent/session.ts';
import type { Bus } from '../facts.ts';
import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance, UtterancePatch } from '../journal/live-utterance.ts';

/** Interval between writes of an unfinished answer to the journal, ms: a crash loses at most this much. */
const FLUSH_MS = 1_000;

/** Records and publishes the progress of a prompt once Codex has accepted it. */
export class TurnFollower {
  readonly #bus: Pick<Bus, 'publish' | 'shown'>;
  readonly #journal: Journal;
  readonly #logger: Logger;
  /** Ended utterances whose notification is not on the screen yet. */
  readonly #showing = new Set<Promise<void>>();
  readonly #flushedAt = new WeakMap<LiveUtterance, number>();

  constructor({
    bus,
    journal,
    logger,
  }: { bus: Pick<Bus, 'publish' | 'shown'>; journal: Journal; logger: Logger }) {
    this.#bus = bus;
    this.#journal = journal;
    this.#logger = logger;
  }

  follow(live: LiveUtterance, event: TurnEvent): void {
    switch (event.type) {
      case 'accepted':
        live.stopwatch.mark('acceptedAt', event.at);
        this.#journal.together(() => {
          live.update({ state: 'accepted' });
          this.#journal.queue((queue) => queue.accepted(live.id, event.turn));
        });
        this.#bus.publish({ type: 'accepted', utterance: live.record, turn: event.turn });
        return;
      case 'activity':
        this.#bus.publish({ type: 'activity', utterance: live.record, activity: event.activity });
        return;
      case 'delta':
        this.#delta(live, event.text, event.at);
        return;
      case 'completed':
        live.stopwatch.mark('completedAt', event.at);
        this.end(live, { state: 'answered', answer: event.answer });
        return;
      case 'interrupted':
        this.end(live, { state: 'interrupted', answer: event.answer, error: event.error ?? null });
        return;
      case 'failed':
        this.end(live, { state: 'failed', answer: event.answer, error: event.error });
        return;
    }
  }

  /** Records the end of an utterance and removes it from the queue. */
  close(live: LiveUtterance, patch: UtterancePatch): void {
    this.#journal.together(() => {
      live.update(patch);
      this.#journal.queue((queue) => queue.forget(live.id));
    });
  }

  /** Records the end of an utterance and publishes it. */
  end(live: LiveUtterance, patch: UtterancePatch): void {
    this.close(live, patch);
    // A slow notification server must not delay the next prompt.
    const showing = this.#show(live).finally(() => this.#showing.delete(showing));
    this.#showing.add(showing);
  }

  /** Resolves when the last notification is on the screen. */
  async settled(): Promise<void> {
    await Promise.all(this.#showing);
  }

  #delta(live: LiveUtterance, text: string, at: number): void {
    if (live.record.answer === null) {
      live.stopwatch.mark('firstDeltaAt', at);
      live.update({ answer: text });
      this.#flushedAt.set(live, at);
    } else {
      live.append(text);
      if (at - (this.#flushedAt.get(live) ?? 0) >= FLUSH_MS) {
        live.update({ answer: live.record.answer });
        this.#flushedAt.set(live, at);
      }
    }
    this.#bus.publish({ type: 'delta', utterance: live.record, text });
  }

  async #show(live: LiveUtterance): Promise<void> {
    try {
      const shownAt = await this.#bus.shown({ type: 'ended', utterance: live.record });
      if (shownAt !== null) {
        live.stopwatch.mark('notifiedAt', shownAt);
        live.update({});
      }
      this.#bus.publish({ type: 'timings', utterance: live.id, timings: live.record.timings });
    } catch (error) {
      this.#logger.error(
        { err: error, utterance: live.id },
        'the time of the notification could not be journalled',
      );
    }
  }
}
