import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CodexSession, TurnEvent } from '../codex/codex.ts';
import type { QueueEntry } from '../control/protocol.ts';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { SentMark } from '../journal/queue-table.ts';
import type { Settings } from '../settings/schema.ts';
import type { Utterance } from '../utterance.ts';
import type { Announcer } from './announcer.ts';
import { findFate } from './fate.ts';
import type { LiveUtterance } from './live-utterance.ts';
import { TurnFollower } from './turn-follower.ts';

export interface DeliveryParts {
  /** Name of the project whose queue this is. */
  project: string;
  /** Its session, running; it is started when it was parked. @throws VoiceError codex-missing, codex-down, ... */
  session: () => Promise<CodexSession>;
  /** `[codex] when_busy`. */
  whenBusy: () => Settings['codex']['when_busy'];
  announcer: Announcer;
  journal: Journal;
  logger: Logger;
}

/** How often a prompt that surely was not sent is tried again before the person hears that it cannot be. */
const MAX_TRIES = 3;
/** How soon a prompt is tried again after a request of which only the terminal knows. */
const LOOK_AGAIN_MS = 250;

/**
 * Takes utterances of one project from the queue to their answers, one after the other and in the order in which
 * they were heard. All of them are in the journal as `heard`, and what is about to be sent has a mark there: what is
 * still here when something dies is taken up again, and sent once.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #follower: TurnFollower;
  #queue: LiveUtterance[] = [];
  /** May have been sent: only a person knows. */
  readonly #uncertain = new Map<string, LiveUtterance>();
  readonly #steering = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #current: LiveUtterance | null = null;
  #running: Promise<void> | null = null;
  #paused = false;
  /** Ends the wait for a person's answer to a request of Codex. */
  #retry: (() => void) | null = null;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#follower = new TurnFollower(parts);
  }

  /** All that is not answered yet, in the order in which it is sent. */
  get entries(): readonly QueueEntry[] {
    const entry = ({ record }: LiveUtterance, state: QueueEntry['state']): QueueEntry => {
      return { id: record.id, project: record.project, prompt: record.prompt ?? '', state };
    };
    return [
      ...(this.#current ? [entry(this.#current, 'sending')] : []),
      ...[...this.#uncertain.values()].map((live) => entry(live, 'uncertain')),
      ...this.#queue.map((live) => entry(live, 'queued')),
    ];
  }

  /** Something is under way or waits for its turn. */
  get busy(): boolean {
    return this.#running !== null || this.#queue.length > 0 || this.#steering.size > 0;
  }

  /** Takes what was heard. While Codex works `when_busy` says what becomes of it. */
  enqueue(live: LiveUtterance): void {
    const working = this.#current?.record.state === 'accepted' && !this.#paused;
    const mode = working ? this.#parts.whenBusy() : 'queue';
    if (mode === 'steer') {
      this.#steer(live);
      return;
    }
    this.#queue.push(live);
    const ahead = this.#queue.length - 1 + (this.#current ? 1 : 0);
    if (ahead > 0 && mode === 'queue') this.#parts.announcer.queued(live.record, ahead);
    if (mode === 'interrupt') this.#interrupt();
    this.#changed();
    this.#go();
  }

  /** Takes up what an earlier run has perhaps sent. */
  takeUp(live: LiveUtterance): void {
    this.#queue.push(live);
    this.#go();
  }

  /** Puts one that waits to another place, 1 for the first. @throws VoiceError not-found */
  move(id: string, position: number): void {
    const live = this.#waiting(id);
    const others = this.#queue.filter((each) => each !== live);
    others.splice(Math.max(0, position - 1), 0, live);
    this.#queue = others;
    this.#parts.journal.queue((queue) => queue.order(others.map((each) => each.id)));
    this.#changed();
  }

  /** Takes one that waits, or is uncertain, out of the queue. @throws VoiceError not-found */
  drop(id: string): void {
    const live = this.#uncertain.get(id) ?? this.#waiting(id);
    this.#queue = this.#queue.filter((each) => each !== live);
    this.#uncertain.delete(id);
    this.#end(live, 'cancelled');
    this.#changed();
  }

  /** The person says that an uncertain one is to be sent. False when it is none. */
  sendUncertain(id: string): boolean {
    const live = this.#uncertain.get(id);
    if (!live) return false;
    this.#uncertain.delete(id);
    this.#parts.journal.queue((queue) => queue.unsent(id));
    live.update({ error: null });
    this.#queue.unshift(live);
    this.#changed();
    this.#go();
    return true;
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
    await Promise.all(this.#steering);
    await this.#follower.settled();
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

  #waiting(id: string): LiveUtterance {
    const live = this.#queue.find((each) => each.id === id);
    if (live) return live;
    throw new VoiceError('not-found', `Nothing in the queue has the id ${id}.`, 'Run `codex-voice queue`.');
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
      this.#current = live;
      this.#changed();
      await this.#guarded(live, () => this.#deliver(live, 'turn'));
      this.#current = null;
      this.#changed();
    }
  }

  async #guarded(live: LiveUtterance, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Only the journal throws here.
      this.#parts.logger.error({ err: error, utterance: live.id }, 'an utterance could not be journalled');
      this.#parts.announcer.trouble(error);
    }
  }

  /** Beside the turn that runs, and of its own when that is over. */
  #steer(live: LiveUtterance): void {
    const steering = this.#guarded(live, () => this.#deliver(live, 'steer')).finally(() => {
      this.#steering.delete(steering);
    });
    this.#steering.add(steering);
  }

  #interrupt(): void {
    const interrupting = this.#parts.session().then((session) => session.interrupt());
    interrupting.catch((error: unknown) => {
      this.#parts.logger.warn(
        { err: error },
        'the turn could not be interrupted: the prompt waits for its end',
      );
    });
  }

  async #deliver(live: LiveUtterance, mode: 'turn' | 'steer'): Promise<void> {
    const { signal } = this.#closing;
    for (let tries = 1; !signal.aborted; ) {
      const mark = this.#parts.journal.queue((queue) => queue.sentMark(live.id));
      if (mark && (await this.#settledBefore(live, mark))) return;
      try {
        await this.#submit(live, mode);
        return;
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof VoiceError && error.code === 'approval-pending') await this.#answered();
        else if (this.#mayTry(live, error) && tries < MAX_TRIES) {
          tries += 1;
          this.#parts.logger.warn({ err: error, utterance: live.id }, 'Codex may not have taken the prompt');
        } else {
          this.#parts.logger.error({ err: error, utterance: live.id }, 'Codex did not take the prompt');
          return this.#end(live, 'failed', reportOf(error));
        }
      }
    }
    if (live.record.state === 'accepted') live.update({ state: 'interrupted', error: stopped });
  }

  /** It was not typed as it should be, or something died after the key that sends it: then its fate is looked up. */
  #mayTry(live: LiveUtterance, error: unknown): boolean {
    if (live.record.state !== 'heard') return false;
    if (error instanceof VoiceError && error.code === 'prompt-unconfirmed') return true;
    return this.#parts.journal.queue((queue) => queue.sentMark(live.id)) !== null;
  }

  /**
   * Looks up what became of a prompt that has a mark. False: it surely was not sent, and may be now; true: it was, or
   * only the person can know.
   */
  async #settledBefore(live: LiveUtterance, mark: SentMark): Promise<boolean> {
    const fate = await findFate(live, mark, this.#parts.session, this.#closing.signal);
    if (this.#closing.signal.aborted) return true;
    this.#parts.logger.info({ utterance: live.id, fate: fate.kind }, 'a prompt that may have been sent');
    switch (fate.kind) {
      case 'absent':
        this.#parts.journal.queue((queue) => queue.unsent(live.id));
        return false;
      case 'unknown':
        live.update({ error: uncertain(fate.reason) });
        this.#uncertain.set(live.id, live);
        this.#parts.announcer.uncertain(live.record);
        return true;
      case 'accepted': {
        const answer = fate.answer || live.record.answer || '';
        if (fate.state === 'answered') this.#end(live, 'answered', null, answer);
        else if (fate.state === 'failed') this.#end(live, 'failed', lost, answer);
        else this.#end(live, 'interrupted', lost, answer);
        return true;
      }
    }
  }

  async #submit(live: LiveUtterance, mode: 'turn' | 'steer'): Promise<void> {
    const { prompt } = live.record;
    if (prompt === null) throw new Error(`utterance ${live.id} has no prompt`);
    const session = await this.#parts.session();
    const events: AsyncIterable<TurnEvent> = session.submit(prompt, {
      signal: this.#closing.signal,
      mode,
      beforeSend: (thread) => {
        this.#parts.journal.queue((queue) => queue.sent(live.id, { thread, at: new Date() }));
      },
    });
    for await (const event of events) this.#follower.follow(live, event);
  }

  /** An end without a turn that was followed. */
  #end(
    live: LiveUtterance,
    state: Utterance['state'],
    error: ErrorReport | null = null,
    answer?: string,
  ): void {
    this.#follower.end(live, { state, error, ...(answer === undefined ? {} : { answer }) });
  }

  /** Waits until a person has answered a request of Codex. */
  async #answered(): Promise<void> {
    this.#parts.logger.info('a request of Codex waits for a person; the prompt waits too');
    const answered = new Promise<void>((resolve) => {
      this.#retry = resolve;
    });
    const session = await this.#parts.session();
    // It may have been answered meanwhile; of one that only the screen shows nobody will tell.
    const ask = session.pending.length > 0 ? answered : Promise.race([answered, delay(LOOK_AGAIN_MS)]);
    if (!this.#closing.signal.aborted) await ask;
    this.#retry = null;
  }

  #changed(): void {
    this.#parts.announcer.queueChanged(this.#parts.project, this.entries);
  }
}

const stopped: ErrorReport = {
  code: 'daemon-failed',
  message: 'codex-voice was stopped before the answer was whole.',
  hint: 'The prompt is in the conversation; ask again, or open it with codex-voice attach.',
};

const lost: ErrorReport = {
  code: 'codex-down',
  message: 'Codex or codex-voice ended before the answer was whole.',
  hint: 'The prompt is in the conversation; `codex-voice queue send ID` sends it again.',
};

function uncertain(reason: ErrorReport): ErrorReport {
  return {
    code: 'prompt-uncertain',
    message: `It is not known whether Codex got this prompt: ${reason.message}`,
    hint: 'Look at the conversation (codex-voice attach), then send it again or drop it (codex-voice queue).',
  };
}
