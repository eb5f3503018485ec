import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SessionStatus } from '../agent/session.ts';
import { reportOf, VoiceError } from '../errors.ts';
import type { Bus, QueueEntry } from '../facts.ts';
import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance, UtterancePatch } from '../journal/live-utterance.ts';
import type { Settings } from '../settings/schema.ts';
import type { DeliverySession } from './fate.ts';
import { PromptSender } from './prompt-sender.ts';
import { TurnFollower } from './turn-follower.ts';
import { WaitingPrompts } from './waiting-prompts.ts';

/** Pause between two looks whether Codex has accepted a prompt, ms. */
const LOOK_AGAIN_MS = 20;

interface DeliveryParts {
  /** Name of the project. */
  project: string;
  /** Returns its session, started if necessary. @throws VoiceError codex-missing, codex-down, ... */
  session: () => Promise<DeliverySession>;
  /** Returns the last known status without starting the session. */
  status: () => Pick<SessionStatus, 'state'>;
  /** `[codex] when_busy`. */
  whenBusy: () => Settings['codex']['when_busy'];
  bus: Pick<Bus, 'publish' | 'shown'>;
  journal: Journal;
  logger: Logger;
}

/**
 * Takes the utterances of one project from the queue to their answers, one at a time, in order. Each is in the journal
 * as `heard`, with a mark just before it is sent. After a crash the next run continues, and each prompt is sent once.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #follower: TurnFollower;
  readonly #sender: PromptSender;
  readonly #waiting: WaitingPrompts;
  /** Prompts that may have been sent: only the user can know. */
  readonly #uncertain = new Map<string, LiveUtterance>();
  /** Prompts that are being typed into the running turn. */
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

  /** All unanswered prompts, in the order in which they are sent. */
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

  /** True while a prompt is in progress or waits. */
  get busy(): boolean {
    return this.#running !== null || this.#waiting.all.length > 0 || this.#steering.size > 0;
  }

  /** Adds an utterance. While Codex works, `when_busy` decides what happens to it. */
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

  /** Takes over a prompt that an earlier run may have sent. */
  takeUp(live: LiveUtterance): void {
    this.#waiting.add(live);
    this.#changed();
    this.#go();
  }

  /** Moves a waiting prompt; 1 is the first position. @throws VoiceError not-found */
  move(id: string, position: number): void {
    this.#waiting.place(this.#waitingOne(id), position, this.#current);
    this.#changed();
  }

  /** Removes a prompt that waits or is uncertain. @throws VoiceError not-found */
  drop(id: string): void {
    const live = this.#uncertain.get(id) ?? this.#waitingOne(id);
    this.#waiting.remove(live);
    this.#uncertain.delete(id);
    this.#follower.end(live, { state: 'cancelled' });
    this.#changed();
  }

  /** Changes a waiting prompt in place. Returns false when it does not wait. @throws VoiceError journal-failed */
  amend(id: string, patch: Pick<UtterancePatch, 'prompt' | 'changes'>): boolean {
    const live = this.#waiting.find(id);
    if (!live) return false;
    live.update(patch);
    this.#changed();
    return true;
  }

  /**
   * Sends a new prompt before all others, in place of one that was sent: if that is still in progress, it is interrupted.
   * @param id of the replaced prompt
   * @param begin creates the new prompt in the journal, in one commit with its place in the queue
   * @throws VoiceError journal-failed
   */
  replace(id: string, begin: () => LiveUtterance): LiveUtterance {
    const live = this.#waiting.begin(begin, this.#current);
    const replaced = this.#inProgress(id);
    if (replaced) void this.#stop(replaced);
    return live;
  }

  /** Starts sending after `replace`, and reports the queue. */
  resume(): void {
    this.#changed();
    this.#go();
  }

  /** Drops a waiting prompt, or interrupts one that was sent. @throws VoiceError not-found */
  takeBack(id: string): void {
    const sent = this.#inProgress(id);
    if (sent) {
      void this.#stop(sent);
      return;
    }
    const live = this.#waitingOne(id);
    this.drop(id);
    this.#parts.bus.publish({ type: 'not-sent', utterance: live.record });
  }

  /** Sends an uncertain prompt because the user wants it. Returns false when it is not uncertain. */
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

  /** Runs work between two prompts. */
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

  /** Resolves when no prompt is in progress and the last notification is on the screen. */
  async settled(): Promise<void> {
    await this.#running;
    await Promise.all(this.#steering.values());
    await this.#follower.settled();
  }

  /** A request of Codex was answered: prompts that waited for it continue. */
  retry(): void {
    this.#sender.retry();
  }

  /** Ends. An accepted prompt without an answer is recorded as interrupted; the queue is kept. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#sender.retry();
    await this.settled();
  }

  /** True during a turn, whether it was started here or at the terminal. */
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
      // Prompts that were queued while the last one was ending.
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

  /** Types the prompt into the running turn; if the turn has ended, as a separate prompt. */
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

  #inProgress(id: string): LiveUtterance | undefined {
    return [this.#current, ...this.#steering.keys()].find((live) => live?.id === id) ?? undefined;
  }

  /** Interrupts the turn of a prompt as soon as Codex has accepted it. */
  async #stop(live: LiveUtterance): Promise<void> {
    while (this.#inProgress(live.id) && live.record.state === 'heard' && !this.#closing.signal.aborted)
      await delay(LOOK_AGAIN_MS);
    if (live.record.state === 'accepted') this.#interrupt();
  }

  #changed(): void {
    const { bus, project } = this.#parts;
    bus.publish({ type: 'queue', project, queue: this.entries });
  }
}
