import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SubmitOptions } from '../agent/session.ts';
import { reportOf, VoiceError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';
import type { SentMark } from '../journal/queue-table.ts';
import { fate } from '../wording/notices.ts';
import { type DeliverySession, findFate, judge } from './fate.ts';
import type { TurnFollower } from './turn-follower.ts';

interface PromptSenderParts {
  session: () => Promise<DeliverySession>;
  follower: TurnFollower;
  journal: Journal;
  /** Ends everything: accepted prompts are recorded as interrupted, others stay in the queue. */
  signal: AbortSignal;
  logger: Logger;
}

/** `uncertain`: it may have been sent, and only the user can know. */
type Sending = 'ended' | 'uncertain';

/** How often a prompt that was certainly not sent is tried before the user gets an error. */
const MAX_TRIES = 3;
/** Pause before the next try while a request is shown only in the terminal, ms. */
const LOOK_AGAIN_MS = 250;

/**
 * Takes a prompt to its answer. The journal gets a mark just before the key that sends it. After a crash, the prompt's
 * fate is looked up, and it is sent again only if it was certainly not sent.
 */
export class PromptSender {
  readonly #parts: PromptSenderParts;
  /** Each ends a wait for the user's answer to a request of Codex. */
  readonly #waits = new Set<() => void>();

  constructor(parts: PromptSenderParts) {
    this.#parts = parts;
  }

  /** A request of Codex was answered: prompts that waited for it continue. */
  retry(): void {
    for (const wake of this.#waits) wake();
  }

  /**
   * Sends a prompt, or takes over one that an earlier run has sent. Rejects only when the journal cannot be written.
   */
  async send(live: LiveUtterance, mode: 'turn' | 'steer'): Promise<Sending> {
    const { signal, journal, logger, follower } = this.#parts;
    for (let tries = 0, failure: unknown; !signal.aborted; ) {
      const mark = journal.queue((queue) => queue.sentMark(live.id));
      const before = mark ? await this.#takeOver(live, mark) : this.#unmarked(live);
      if (before) return before;
      if (tries === MAX_TRIES) return this.#failed(live, failure);
      try {
        await this.#submit(live, mode);
        return 'ended';
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof VoiceError && error.code === 'approval-pending') {
          await this.#answered();
          continue;
        }
        if (!this.#mayTry(live, error)) return this.#failed(live, error);
        tries += 1;
        failure = error;
        logger.warn({ err: error, utterance: live.id }, 'Codex may not have taken the prompt');
      }
    }
    if (live.record.state === 'accepted') follower.close(live, { state: 'interrupted', error: fate.stopped });
    return 'ended';
  }

  #failed(live: LiveUtterance, error: unknown): Sending {
    this.#parts.logger.error({ err: error, utterance: live.id }, 'Codex did not take the prompt');
    this.#parts.follower.end(live, { state: 'failed', error: reportOf(error) });
    return 'ended';
  }

  /**
   * Decides whether to try again: it was not typed correctly, Codex ended during its start, or a crash followed the key
   * that sends it; then its fate is looked up.
   */
  #mayTry(live: LiveUtterance, error: unknown): boolean {
    if (live.record.state !== 'heard') return false;
    if (!(error instanceof VoiceError) || error.code === 'prompt-unconfirmed') return true;
    return this.#parts.journal.queue((queue) => queue.sentMark(live.id)) !== null;
  }

  /** A version without marks has sent it. */
  #unmarked(live: LiveUtterance): Sending | null {
    if (live.record.state !== 'accepted') return null;
    this.#parts.follower.end(live, { state: 'interrupted', error: fate.cutOff(live.id) });
    return 'ended';
  }

  /** Looks up the fate of a prompt with a mark; null: it was certainly not sent, and may be sent now. */
  async #takeOver(live: LiveUtterance, mark: SentMark): Promise<Sending | null> {
    const { journal, logger, session, signal, follower } = this.#parts;
    const prompt = live.record.prompt ?? '';
    const others = journal.queue((queue) => queue.others(live.id));
    const fate = await findFate({ prompt, mark, others }, session, signal);
    if (signal.aborted) return 'ended'; // The next run looks again.
    logger.info({ utterance: live.id, fate: fate.kind }, 'a prompt that may have been sent');
    const verdict = judge(live.record, fate);
    switch (verdict.kind) {
      case 'send':
        journal.queue((queue) => queue.unsent(live.id));
        return null;
      case 'ask':
        live.update({ error: verdict.error });
        return 'uncertain';
      case 'end': {
        const { state, error, answer } = verdict;
        if (fate.kind === 'accepted') journal.queue((queue) => queue.accepted(live.id, fate.turn));
        follower.end(live, { state, error, answer });
        return 'ended';
      }
    }
  }

  async #submit(live: LiveUtterance, mode: 'turn' | 'steer'): Promise<void> {
    const { session, journal, follower, signal } = this.#parts;
    const { prompt } = live.record;
    if (prompt === null) throw new Error(`utterance ${live.id} has no prompt`);
    const options: SubmitOptions = {
      signal,
      mode,
      beforeSend: (thread) => journal.queue((queue) => queue.sent(live.id, { thread, at: new Date() })),
    };
    for await (const event of (await session()).submit(prompt, options)) follower.follow(live, event);
  }

  /** Waits until the user has answered a request of Codex. */
  async #answered(): Promise<void> {
    const { session, signal, logger } = this.#parts;
    logger.info('a request of Codex waits for the user; the prompt waits too');
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    this.#waits.add(resolve);
    try {
      const { pending } = await session();
      // It may have been answered meanwhile. A request that only the screen shows has no event.
      if (!signal.aborted)
        await (pending.length > 0 ? answered : Promise.race([answered, delay(LOOK_AGAIN_MS)]));
    } finally {
      this.#waits.delete(resolve);
    }
  }
}
