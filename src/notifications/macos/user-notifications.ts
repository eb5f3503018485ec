import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import { Backoff } from '../../processes/backoff.ts';
import { lineText } from '../../text/clean.ts';
import type { GiveUp } from '../fallback-notifier.ts';
import type { Bubble, Notifier, NotifierEvent, NotifierState } from '../notification.ts';
import { type Heard, heardIn, showOrder } from './notifier-lines.ts';

interface UserNotificationsOptions {
  command: readonly [program: string, ...args: string[]];
  logger: Logger;
  /** Called with what cannot be shown once the program has ended too often. */
  giveUp: GiveUp;
}

/** A program that has ended this often within a minute each is not started again. */
const MOST_STARTS = 5;
/** Time for macOS to take a notification, ms. */
const ANSWERS_MS = 5_000;
/** Time for the program to end after its input, ms: it takes away its notifications first. */
const PATIENCE_MS = 2_000;
/** Number of notifications with buttons that work. */
const MOST_SHOWN = 50;

interface Shown {
  content: Bubble;
  /** Those who wait for macOS to take it. */
  waiting: ((taken: boolean) => void)[];
  timer?: NodeJS.Timeout;
}

/**
 * Notifications of macOS in the name of the app, through the program scripts/single-file/notifier.swift beside this one.
 * Whether a replaced one pops up again is not documented, so only the first `passing` content of a bubble is shown.
 * Tested with a stand-in that speaks the same lines; not run on a Mac.
 */
export class UserNotifications implements Notifier {
  readonly events = new EventQueue<NotifierEvent>();
  readonly #options: UserNotificationsOptions;
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  /** Notifications of another process of the app have other identifiers: this is the beginning of ours. */
  readonly #prefix = `${randomUUID()}:`;
  /** The oldest first. */
  readonly #shown = new Map<string, Shown>();
  /** Left on the screen by a program that crashed. */
  #leftBehind: string[] = [];
  #child: ChildProcess | null = null;
  #reason: string | null = null;
  #gaveUp = false;

  constructor(options: UserNotificationsOptions) {
    this.#options = options;
    this.#done = this.#run(this.#closing.signal);
  }

  get state(): NotifierState {
    return {
      backend: 'usernotifications',
      capabilities: ['actions', 'body', 'inline-reply', 'persistence'],
      ...(this.#reason !== null && { reason: this.#reason }),
    };
  }

  async show(bubble: string, content: Bubble): Promise<boolean> {
    const before = this.#shown.get(bubble);
    if (content.passing && before && this.#child) return true;
    if (this.#gaveUp && !this.#closing.signal.aborted)
      this.#options.giveUp(this.#reason ?? 'it has ended', bubble, content);
    if (this.#child === null || this.#closing.signal.aborted) return false;
    clearTimeout(before?.timer);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#shown.delete(bubble);
    this.#shown.set(bubble, { content, waiting: [...(before?.waiting ?? []), resolve] });
    this.#forgetOldest();
    this.#send(showOrder(this.#prefix + bubble, content));
    const timer = setTimeout(() => {
      this.#reason = 'macOS does not answer';
      resolve(false);
    }, ANSWERS_MS);
    const taken = await promise;
    clearTimeout(timer);
    return taken;
  }

  async dismiss(bubble: string): Promise<void> {
    if (this.#forget(bubble)) this.#withdraw(bubble);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const child = this.#child;
    child?.stdin?.end();
    const timer = setTimeout(() => child?.kill('SIGKILL'), PATIENCE_MS);
    await this.#done;
    clearTimeout(timer);
    this.events.close();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted && backoff.failures < MOST_STARTS) {
      const reason = await this.#serve().catch(messageOf);
      this.#child = null;
      this.#loseAll(signal.aborted);
      if (signal.aborted) return;
      this.#options.logger.warn({ reason }, 'the program for notifications has ended');
      this.#reason = reason;
      await sleep(backoff.next(), undefined, { signal, ref: false }).catch(() => undefined); // closed meanwhile
    }
    this.#gaveUp = true;
  }

  /** One process from its beginning to its end. @returns why it ended @throws Error when it could not be started */
  async #serve(): Promise<string> {
    const [program, ...args] = this.#options.command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    child.stdin.on('error', () => undefined); // It has ended: `close` says so.
    createInterface({ input: child.stdout }).on('line', (line) => {
      const heard = heardIn(line, this.#prefix);
      if (heard !== null && !this.#closing.signal.aborted) this.#hear(heard);
    });
    await once(child, 'close');
    return `${program} ended with ${child.exitCode ?? child.signalCode}`;
  }

  #hear(heard: Heard): void {
    if (heard.type === 'ready') {
      this.#reason = null;
      for (const bubble of this.#leftBehind) if (!this.#shown.has(bubble)) this.#withdraw(bubble);
      this.#leftBehind = [];
    } else if (heard.type === 'refused') {
      this.#reason = lineText(heard.reason, 300);
      this.#options.logger.warn({ reason: this.#reason }, 'macOS refuses notifications of the app');
    } else {
      const shown = this.#shown.get(heard.bubble);
      if (shown) this.#happened(heard, shown);
    }
  }

  #happened(heard: Extract<Heard, { bubble: string }>, { content, ...shown }: Shown): void {
    const { bubble } = heard;
    switch (heard.type) {
      case 'shown':
        this.#reason = null;
        this.#taken(bubble);
        return;
      case 'failed':
        this.#reason = lineText(heard.reason, 300);
        this.#forget(bubble);
        if (shown.waiting.length === 0) this.events.push({ type: 'closed', bubble, reason: 'lost' });
        return;
      case 'action':
        if (heard.key !== 'default' && Object.hasOwn(content.actions, heard.key))
          this.#pressed(content, { type: 'action', bubble, key: heard.key });
        return;
      case 'reply':
        if (content.reply !== undefined) this.#pressed(content, { type: 'reply', bubble, text: heard.text });
        return;
      case 'clicked':
        if ('default' in content.actions) this.#pressed(content, { type: 'action', bubble, key: 'default' });
        else this.#gone(bubble, 'dismissed');
        return;
      case 'dismissed':
        this.#gone(bubble, 'dismissed');
    }
  }

  #taken(bubble: string): void {
    const shown = this.#shown.get(bubble);
    if (!shown) return;
    const { timeout = 0 } = shown.content;
    for (const resolve of shown.waiting.splice(0)) resolve(true);
    if (timeout > 0 && shown.timer === undefined)
      shown.timer = setTimeout(() => this.#gone(bubble, 'expired'), timeout).unref();
  }

  #pressed(content: Bubble, event: NotifierEvent): void {
    // macOS takes away what was clicked: put back, it waits in Notification Center.
    if (content.resident) this.#send(showOrder(this.#prefix + event.bubble, { ...content, quiet: true }));
    else {
      this.#forget(event.bubble);
      this.#withdraw(event.bubble);
    }
    this.events.push(event);
  }

  #gone(bubble: string, reason: 'dismissed' | 'expired'): void {
    this.#forget(bubble);
    this.#withdraw(bubble);
    this.events.push({ type: 'closed', bubble, reason });
  }

  /** @returns whether it was shown */
  #forget(bubble: string): boolean {
    const shown = this.#shown.get(bubble);
    if (!shown) return false;
    clearTimeout(shown.timer);
    this.#shown.delete(bubble);
    for (const resolve of shown.waiting) resolve(false);
    return true;
  }

  #forgetOldest(): void {
    const [oldest] = this.#shown.keys();
    if (this.#shown.size <= MOST_SHOWN || oldest === undefined) return;
    this.#forget(oldest);
    this.#withdraw(oldest);
    this.events.push({ type: 'closed', bubble: oldest, reason: 'lost' });
  }

  /** @param closing the program took its notifications away itself, which is no event */
  #loseAll(closing: boolean): void {
    for (const [bubble, { waiting }] of [...this.#shown]) {
      const onScreen = waiting.length === 0;
      this.#forget(bubble);
      this.#leftBehind.push(bubble);
      if (onScreen && !closing) this.events.push({ type: 'closed', bubble, reason: 'lost' });
    }
    this.#leftBehind = this.#leftBehind.slice(-MOST_SHOWN);
  }

  #withdraw(bubble: string): void {
    this.#send({ withdraw: this.#prefix + bubble });
  }

  #send(order: object): void {
    this.#child?.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}
