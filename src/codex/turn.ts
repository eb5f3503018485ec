import type { Activity } from '../agent/activity.ts';
import type { PromptFate, TurnEvent } from '../agent/session.ts';
import type { ErrorReport } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Activities } from './activity.ts';
import { serverLost, turnFailure } from './failure.ts';
import { type Notification, type Turn, userText } from './protocol.ts';

/**
 * One prompt, from typing to the end of its turn. Turns the server's notifications into TurnEvents. The turn is
 * identified by the user message with the prompt's text.
 */
export class PromptTurn {
  readonly events = new EventQueue<TurnEvent>();
  readonly #prompt: string;
  readonly #messages = new Map<string, string>();
  readonly #activities = new Activities();
  #id: string | null = null;
  #ended = false;
  #failure: ErrorReport | null = null;
  /** A turn that has begun since, but whose prompt is unknown so far. */
  #nameless: string | null = null;

  constructor(prompt: string) {
    this.#prompt = prompt;
  }

  /** The turn's id, once Codex has reported the prompt. */
  get id(): string | null {
    return this.#id;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Handles a notification if it concerns this turn. @param thread where the prompt was typed; null: unknown */
  notified(notification: Notification, at: number, thread: string | null = null): void {
    if (this.#ended) return;
    if (this.#id === null && thread !== null) this.#watchNameless(notification, at, thread);
    const { method, params } = notification;
    if (method === 'item/started') {
      if (this.#id === null && userText(params.item)?.trim() === this.#prompt) this.accept(params.turnId, at);
      else if (params.turnId === this.#id) this.#does(this.#activities.started(params.item), at);
    } else if (method === 'item/agentMessage/delta') {
      if (params.turnId === this.#id) this.#delta(params.itemId, params.delta, at);
    } else if (method === 'item/completed') {
      if (params.turnId !== this.#id) return;
      this.#message(params.item, at);
      this.#does(this.#activities.completed(params.item), at);
    } else if (method === 'error') {
      if (params.turnId === this.#id && !params.willRetry) this.#failure = turnFailure(params.error);
    } else if (method === 'turn/completed') {
      if (params.turn.id === this.#id) this.#end(params.turn, at);
    }
  }

  /** Yields its events until it ends. @throws the signal's reason when it is aborted before the end */
  async *follow(signal: AbortSignal | undefined): AsyncGenerator<TurnEvent, void, undefined> {
    const stop = (): void => this.events.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      yield* this.events;
      if (!this.#ended) signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Call it when Codex begins or stops waiting for the user. */
  waits(waiting: boolean, at: number): void {
    if (this.#id !== null && !this.#ended) this.#does(this.#activities.waits(waiting), at);
  }

  /** Codex has taken the prompt in this turn. */
  accept(turn: string, at: number): void {
    this.#id = turn;
    this.events.push({ type: 'accepted', turn, at });
  }

  /** Restores a turn from the history after its beginning was missed. A running turn continues with notifications. */
  recall({ turn, state, answer }: PromptFate & { kind: 'accepted' }, at: number): void {
    if (this.#ended) return;
    if (this.#id === null) this.accept(turn, at);
    if (state === 'running') return;
    this.#message({ type: 'agentMessage', id: turn, text: answer }, at);
    if (state === 'answered') this.#finish({ type: 'completed', answer, at });
    else if (state === 'interrupted') this.#finish({ type: 'interrupted', answer, at });
    else this.#finish({ type: 'failed', answer, error: turnFailure(null), at });
  }

  /**
   * Ends a turn whose server has ended, and with it the rest of the answer. It must be known whether the prompt was
   * accepted.
   */
  lost(lastWords: string, at: number): void {
    if (this.#ended || this.#id === null) return;
    this.#finish({ type: 'interrupted', answer: this.#answer, error: serverLost(lastWords), at });
  }

  /**
   * A turn that is interrupted within its first milliseconds ends before its prompt is reported, although the
   * conversation contains the prompt (Codex 0.169.0). Sending it again would be the opposite of what the user wants.
   */
  #watchNameless({ method, params }: Notification, at: number, thread: string): void {
    if (method === 'turn/started') {
      if (params.threadId === thread) this.#nameless = params.turn.id;
    } else if (method === 'item/started') {
      if (params.turnId === this.#nameless && userText(params.item) !== null) this.#nameless = null;
    } else if (method === 'turn/completed') {
      const { id, status } = params.turn;
      if (id === this.#nameless && status === 'interrupted') this.accept(id, at);
    }
  }

  /** The answer is Codex's last message; earlier ones are progress reports. */
  get #answer(): string {
    return [...this.#messages.values()].findLast((text) => text.trim() !== '')?.trim() ?? '';
  }

  #does(activity: Activity | null, at: number): void {
    if (activity) this.events.push({ type: 'activity', activity, at });
  }

  #delta(item: string, delta: string, at: number): void {
    const before = this.#messages.get(item);
    if (before === undefined && this.#messages.size > 0)
      this.events.push({ type: 'delta', text: '\n\n', at });
    this.#messages.set(item, (before ?? '') + delta);
    this.events.push({ type: 'delta', text: delta, at });
  }

  /** Reports the part of a complete message that was not streamed. */
  #message(item: { type: string; id: string; text?: string | undefined }, at: number): void {
    if (item.type !== 'agentMessage' || !item.text) return;
    const streamed = this.#messages.get(item.id) ?? '';
    if (item.text.startsWith(streamed) && item.text.length > streamed.length) {
      this.#delta(item.id, item.text.slice(streamed.length), at);
    }
    this.#messages.set(item.id, item.text);
  }

  #end(turn: Turn, at: number): void {
    for (const item of turn.items) this.#message(item, at);
    const answer = this.#answer;
    if (turn.status === 'completed') this.#finish({ type: 'completed', answer, at });
    else if (turn.status === 'interrupted') this.#finish({ type: 'interrupted', answer, at });
    else {
      const error = turn.error ? turnFailure(turn.error) : (this.#failure ?? turnFailure(null));
      this.#finish({ type: 'failed', answer, error, at });
    }
  }

  #finish(event: TurnEvent): void {
    this.#ended = true;
    this.events.push(event);
    this.events.close();
  }
}
