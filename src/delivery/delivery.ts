import type { Logger } from 'pino';
import type { SessionStatus } from '../agent/session.ts';
import { reportOf, VoiceError } from '../errors.ts';
import type { Bus, QueueEntry } from '../facts.ts';
import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';
import type { Settings } from '../settings/schema.ts';
import type { DeliverySession } from './fate.ts';
import { PromptSender } from './prompt-sender.ts';
import { TurnFollower } from './turn-follower.ts';
import { WaitingPrompts } from './waiting-prompts.ts';

export interface DeliveryParts {
  /** Name of the project whose queue this is. */
  project: string;
  /** Its session, running; it is started when it was parked. @throws VoiceError codex-missing, codex-down, ... */
  session: () => Promise<DeliverySession>;
  /** What is known of it without starting it. */
  status: () => Pick<SessionStatus, 'state'>;
  /** `[codex] when_busy`. */
  whenBusy: () => Settings['codex']['when_busy'];
  bus: Pick<Bus, 'publish' | 'shown'>;
  journal: Journal;
  logger: Logger;
}

/**
 * Takes utterances of one project from the queue to their answers, one after the other and in the order in which
 * they were heard. All of them are in the journal as `heard`, and what is about to be sent has a mark there: what is
 * still here when something dies is taken up again, and sent once.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #follower: TurnFollower;
  readonly #sender: PromptSender;
  readonly #waiting: WaitingPrompts;
  /** May have been sent: only a person knows. */
  readonly #uncertain = new Map<string, LiveUtterance>();
  /** Being typed into the turn that runs. */
  readonly #steering = new Map<LiveUtterance, Promise<void>>();
  readonly #closing = new AbortController();
  #current: LiveUtterance | null = null;
  #running: Promise<void> | null = null;
  #paused = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#follower = new TurnFollower(parts);
    const { session, journal, logger } = parts;
    const { signal } = this.#closing;
    this.#sender = new PromptSender({ session, follower: this.#follower, journal, signal, logger });
    this.#waiting = new WaitingPrompts(journal);
  }

  /** All that is not answered yet, in the order in which it is sent. */
  get entries(): readonly QueueEntry[] {
    const entry = ({ record }: LiveUtterance, state: QueueEntry['state']): QueueEntry => {
      return { id: record.id, project: record.project, prompt: record.prompt ?? '', state };
    };
    return [
      ...(this.#current ? [entry(this.#current, 'sending')] : []),
      ...[...this.#steering.keys()].map((live) => entry(live, 'sending')),
      ...[...this.#uncertain.values()].map((live) => entry(live, 'uncertain')),
      ...this.#waiting.all.map((live) => entry(live, 'queued')),
    ];
  }

  /** Something is under way or waits for its turn. */
  get busy(): boolean {
    return this.#running !== null || this.#waiting.all.length > 0 || this.#steering.size > 0;
  }

  /** Takes what was heard. While Codex works `when_busy` says what becomes of it. */
  enqueue(live: LiveUtterance): void {
    const working = this.#working;
    const mode = working ? this.#parts.whenBusy() : 'queue';
    if (mode === 'steer') {
      this.#steer(live);
      return;
    }
    this.#waiting.add(live);
    const ahead = this.#waiting.all.length - 1 + (this.#current || working ? 1 : 0);
    if (ahead > 0 && mode === 'queue')
      this.#parts.bus.publish({ type: 'queued', utterance: live.record, ahead });
    if (mode === 'interrupt') this.#interrupt();
    this.#changed();
    this.#go();
  }

  /** Takes up what an earlier run has perhaps sent. */
  takeUp(live: LiveUtterance): void {
    this.#waiting.add(live);
    this.#changed();
    this.#go();
  }

  /** Puts one that waits to another place, 1 for the first. @throws VoiceError not-found */
  move(id: string, position: number): void {
    this.#waiting.place(this.#waitingOne(id), position, this.#current);
    this.#changed();
  }

  /** Takes one that waits, or is uncertain, out of the queue. @throws VoiceError not-found */
  drop(id: string): void {
    const live = this.#uncertain.get(id) ?? this.#waitingOne(id);
    this.#waiting.remove(live);
    this.#uncertain.delete(id);
    this.#follower.end(live, { state: 'cancelled' });
    this.#changed();
  }

  /** The person says that an uncertain one is to be sent. False when it is none. */
  sendUncertain(id: string): boolean {
    const live = this.#uncertain.get(id);
    if (!live) return false;
    this.#parts.journal.together(() => {
      this.#parts.journal.queue((queue) => queue.unsent(id));
      live.update({ error: null });
    });
    this.#uncertain.delete(id);
    this.#waiting.place(live, 1, this.#current);
    this.#changed();
    this.#go();
    return true;
  }

  /** Does something between two prompts, when none is under way. */
  async pause(work: () => Promise<void>): Promise<void> {
    this.#paused = true;
    try {
      await this.#running;
      await Promise.all(this.#steering.values());
      await work();
    } finally {
      this.#paused = false;
      this.#go();
    }
  }

  /** Resolves when nothing is under way and the last bubble is up. */
  async settled(): Promise<void> {
    await this.#running;
    await Promise.all(this.#steering.values());
    await this.#follower.settled();
  }

  /** A request of Codex was answered: what waited for that goes on. */
  retry(): void {
    this.#sender.retry();
  }

  /** Ends; what was accepted and is not answered yet is journalled as interrupted, the queue stays as it is. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#sender.retry();
    await this.settled();
  }

  /** Is there a turn, of ours or of a person at the terminal? */
  get #working(): boolean {
    if (this.#paused) return false;
    return this.#current
      ? this.#current.record.state === 'accepted'
      : this.#parts.status().state === 'working';
  }

  #waitingOne(id: string): LiveUtterance {
    const live = this.#waiting.find(id);
    if (live) return live;
    if (this.entries.some((entry) => entry.id === id)) {
      const hint = 'Run `codex-voice interrupt` to stop Codex.';
      throw new VoiceError('usage', `${id} is already being sent.`, hint);
    }
    throw new VoiceError('not-found', `No queued prompt has the id ${id}.`, 'Run `codex-voice queue`.');
  }

  #go(): void {
    if (this.#running !== null || this.#paused || this.#closing.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      // What was put into the queue while the last one was ending.
      if (this.#waiting.all.length > 0) this.#go();
    });
  }

  async #run(): Promise<void> {
    while (!this.#paused && !this.#closing.signal.aborted) {
      const live = this.#waiting.next();
      if (live === undefined) return;
      this.#current = live;
      this.#changed();
      await this.#send(live, 'turn');
      this.#current = null;
      this.#changed();
    }
  }

  async #send(live: LiveUtterance, mode: 'turn' | 'steer'): Promise<void> {
    try {
      if ((await this.#sender.send(live, mode)) === 'ended') return;
      this.#uncertain.set(live.id, live);
      this.#parts.bus.publish({ type: 'uncertain', utterance: live.record });
    } catch (error) {
      // Only the journal throws here.
      this.#parts.logger.error({ err: error, utterance: live.id }, 'an utterance could not be journalled');
      this.#parts.bus.publish({ type: 'trouble', error: reportOf(error) });
    }
  }

  /** Beside the turn that runs, and of its own when that is over. */
  #steer(live: LiveUtterance): void {
    const steering = this.#send(live, 'steer').finally(() => {
      this.#steering.delete(live);
      this.#changed();
    });
    this.#steering.set(live, steering);
    this.#changed();
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

  #changed(): void {
    const { bus, project } = this.#parts;
    bus.publish({ type: 'queue', project, queue: this.entries });
  }
}
