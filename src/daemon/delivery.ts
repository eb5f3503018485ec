import type { Logger } from 'pino';
import type { CodexSession, TurnEvent } from '../codex/codex.ts';
import { reportOf, VoiceError } from '../errors.ts';
import type { Utterance } from '../utterance.ts';
import type { Announcer } from './announcer.ts';
import type { LiveUtterance } from './live-utterance.ts';

export interface DeliveryParts {
  /** Name of the project whose queue this is. */
  project: string;
  /** Its session, running; it is started when it was parked. @throws VoiceError codex-missing, codex-down, ... */
  session: () => Promise<CodexSession>;
  announcer: Announcer;
  logger: Logger;
}

/**
 * Takes utterances of one project from the queue to their answers, one after the other and in the order in which
 * they were heard. All of them are in the journal as `heard`: what is still here when the daemon dies is taken up again.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #queue: LiveUtterance[] = [];
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;
  /** Ended utterances whose bubble is on its way to the screen. */
  readonly #showing = new Set<Promise<void>>();
  #paused = false;
  /** Ends the wait for a person's answer to a request of Codex. */
  #retry: (() => void) | null = null;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Those that wait for their turn, the one under way not among them. */
  get queue(): readonly Utterance[] {
    return this.#queue.map((live) => live.record);
  }

  /** Something is under way or waits. */
  get busy(): boolean {
    return this.#running !== null || this.#queue.length > 0;
  }

  enqueue(live: LiveUtterance): void {
    this.#queue.push(live);
    this.#go();
  }

  /** Does something between two prompts, when none is under way. */
  async pause(work: () => Promise<void>): Promise<void> {
    this.#paused = true;
    try {
      await this.#running;
      await work();
    } finally {
      this.#paused = false;
      this.#go();
    }
  }

  /** Resolves when nothing is under way and the last bubble is up. */
  async settled(): Promise<void> {
    await this.#running;
    await Promise.all(this.#showing);
  }

  /** A request of Codex was answered: what waited for that goes on. */
  retry(): void {
    this.#retry?.();
  }

  /** Ends; what was accepted and is not answered yet is journalled as interrupted, the queue stays as it is. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#retry?.();
    await this.settled();
  }

  #go(): void {
    if (this.#running !== null || this.#paused || this.#closing.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      // What was put into the queue while the last one was ending.
      if (this.#queue.length > 0) this.#go();
    });
  }

  async #run(): Promise<void> {
    while (!this.#paused && !this.#closing.signal.aborted) {
      const live = this.#queue.shift();
      if (live === undefined) return;
      try {
        await this.#deliver(live);
      } catch (error) {
        // Only the journal throws here.
        this.#parts.logger.error({ err: error, utterance: live.id }, 'an utterance could not be journalled');
        this.#parts.announcer.trouble(error);
      }
    }
  }

  async #deliver(live: LiveUtterance): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#submit(live);
        return;
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof VoiceError && error.code === 'approval-pending') {
          await this.#answered();
          continue;
        }
        this.#parts.logger.error({ err: error, utterance: live.id }, 'Codex did not take the prompt');
        live.update({ state: 'failed', error: reportOf(error) });
        this.#parts.announcer.ended(live.record);
        return;
      }
    }
    if (live.record.state === 'accepted') live.update({ state: 'interrupted', error: stopped });
  }

  async #submit(live: LiveUtterance): Promise<void> {
    const { prompt } = live.record;
    if (prompt === null) throw new Error(`utterance ${live.id} has no prompt`);
    const session = await this.#parts.session();
    for await (const event of session.submit(prompt, { signal: this.#closing.signal })) {
      this.#follow(live, event);
    }
  }

  #follow(live: LiveUtterance, event: TurnEvent): void {
    const { announcer } = this.#parts;
    switch (event.type) {
      case 'accepted':
        live.stopwatch.mark('acceptedAt', event.at);
        live.update({ state: 'accepted' });
        announcer.accepted(live.record, event.turn);
        return;
      case 'delta':
        if (live.record.answer === null) {
          live.stopwatch.mark('firstDeltaAt', event.at);
          live.update({ answer: event.text });
        } else {
          live.append(event.text);
        }
        announcer.delta(live.record, event.text);
        return;
      case 'completed':
        live.stopwatch.mark('completedAt', event.at);
        live.update({ state: 'answered', answer: event.answer });
        break;
      case 'interrupted':
        live.update({ state: 'interrupted', answer: event.answer });
        break;
      case 'failed':
        live.update({ state: 'failed', answer: event.answer, error: event.error });
        break;
    }
    // A slow notification server must not hold back the next prompt.
    const showing = this.#show(live).finally(() => this.#showing.delete(showing));
    this.#showing.add(showing);
  }

  async #show(live: LiveUtterance): Promise<void> {
    const { announcer, logger } = this.#parts;
    try {
      const shownAt = await announcer.ended(live.record);
      if (shownAt === null) return;
      live.stopwatch.mark('notifiedAt', shownAt);
      live.update({});
      announcer.timed(live.record);
    } catch (error) {
      logger.error(
        { err: error, utterance: live.id },
        'the time of the notification could not be journalled',
      );
    }
  }

  /** Waits until a person has answered a request of Codex. */
  async #answered(): Promise<void> {
    this.#parts.logger.info('a request of Codex waits for a person; the prompt waits too');
    if ((await this.#parts.session()).pending.length === 0) return; // answered meanwhile
    await new Promise<void>((resolve) => {
      this.#retry = resolve;
    });
    this.#retry = null;
  }
}

const stopped = {
  code: 'daemon-failed',
  message: 'codex-voice was stopped before the answer was whole.',
  hint: 'The prompt is in the conversation; ask again, or open it with codex-voice attach.',
} as const;
