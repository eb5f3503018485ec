import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Answer, PendingRequest } from '../../agent/requests.ts';
import type { VoiceError } from '../../errors.ts';
import { unattended } from '../../processes/unattended.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';
import type { Change } from '../change.ts';
import type { ToolCall } from '../history/tool-calls.ts';
import { requestChanged, requestGone, requestUnfit } from '../requests/errors.ts';
import { newId } from '../requests/pending-requests.ts';
import { ESCAPE } from '../tui/keystrokes.ts';
import { readOverlay } from './overlay.ts';
import { type ScreenRequest, screenRequest } from './screen-request.ts';

/** The rollout file has a call before the terminal asks about it, but it may be read later. */
const UNREAD_MS = 1_500;
/** While the terminal draws, a request may be missing from a frame. */
const GONE_MS = 300;
const LOOK_AGAIN_MS = 100;
/** Pause after a failure, which may repeat. */
const LOOK_AFTER_FAILURE_MS = 2_000;
/** A busy terminal (Codex 0.169.0) drops a key that arrives just after it has drawn a request; no user is that fast. */
const SETTLED_MS = 500;
/** A busy terminal takes Escape for the beginning of another key, so it may be pressed again. Other keys may not. */
const ESCAPES = 3;
const PRESS_MS = 1_500;
const TAKEN_MS = 10_000;

/** The session, as its requests on the screen see it. */
interface ScreenRequestsPlace {
  rows(): readonly ScreenRow[];
  /** True while a turn runs, so that Codex may ask. */
  active(): boolean;
  calls(): readonly ToolCall[];
  /** Of the project, absolute. */
  directory(): string;
  /** Reads new lines of the rollout file. */
  read(): Promise<void>;
  press(key: string): void;
  requested(request: PendingRequest): void;
  resolved(id: string): void;
  readonly change: Change;
  readonly logger: Logger;
}

interface Asked {
  pending: PendingRequest;
  /** Distinguishes two requests with the same words. */
  identity: string;
  /** When it was first seen, performance.now() in ms. */
  seenAt: number;
}

/** The request on the screen, from its appearance until it is answered, here or in the terminal. */
export class ScreenRequests {
  readonly #place: ScreenRequestsPlace;
  #asked: Asked | null = null;
  /** The request that was answered here, until it leaves the screen. */
  #answered: string | null = null;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** The id of a request that is being answered: the first answer counts. */
  #deciding: string | null = null;
  /** When an unreadable or vanished request was first noticed; performance.now() in ms. */
  #unreadSince: number | null = null;
  #goneSince: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(place: ScreenRequestsPlace) {
    this.#place = place;
  }

  get pending(): readonly PendingRequest[] {
    return this.#asked ? [this.#asked.pending] : [];
  }

  /** Call it when the screen or the model's calls have changed. */
  look(): void {
    const found = this.#shown();
    if (!found) {
      this.#gone();
      return;
    }
    this.#goneSince = null;
    const identity = identityOf(found);
    const taking = identity === this.#answered && performance.now() - this.#answeredAt < TAKEN_MS;
    if (taking) {
      this.#lookAgain();
      return;
    }
    this.#answered = null;
    if (this.#asked?.identity === identity && this.#asked.pending.hash === found.request.hash) return;
    if (found.call === null && this.#isWaiting()) return;
    this.clear();
    const pending = { ...found.request, id: newId(), at: new Date().toISOString() };
    this.#asked = { pending, identity, seenAt: performance.now() };
    try {
      this.#place.requested(pending);
    } catch (error) {
      // The user was not asked: look for it again.
      this.#asked = null;
      throw error;
    }
  }

  /** Forgets the request. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#unreadSince = null;
    this.#goneSince = null;
    const asked = this.#asked;
    this.#asked = null;
    if (asked) this.#place.resolved(asked.pending.id);
  }

  /** Answers with a key, if the screen still shows exactly this request. See AgentSession. */
  async answer(id: string, hash: string, answer: Answer): Promise<void> {
    if (this.#asked?.pending.id !== id || this.#deciding === id) throw requestGone();
    this.#deciding = id;
    try {
      await delay(Math.max(0, this.#asked.seenAt + SETTLED_MS - performance.now()));
      await this.#place.read();
      await this.#answer(id, hash, answer);
    } finally {
      this.#deciding = null;
    }
  }

  async #answer(id: string, hash: string, answer: Answer): Promise<void> {
    const asked = this.#asked;
    if (asked?.pending.id !== id) throw requestGone();
    const shown = this.#shown();
    if (asked.pending.hash !== hash || !shown || !isSame(asked, shown)) throw requestChanged();
    const key = 'decision' in answer ? shown.keys[answer.decision] : undefined;
    if (key === undefined) throw unfit();
    this.#answered = asked.identity;
    this.#answeredAt = performance.now();
    this.clear();
    if (await this.#press(key, asked.identity)) return;
    this.#answered = null;
    this.look();
    throw notTaken();
  }

  /** True when the request then left the screen. */
  async #press(key: string, identity: string): Promise<boolean> {
    const { change } = this.#place;
    const over = (): true | null => {
      const shown = this.#shown();
      return !shown || identityOf(shown) !== identity || null;
    };
    for (let tries = 1; key === ESCAPE && tries < ESCAPES; tries += 1) {
      this.#place.press(key);
      if (await change.until(over, PRESS_MS)) return true;
    }
    this.#place.press(key);
    return (await change.until(over, TAKEN_MS)) !== null;
  }

  #shown(): ScreenRequest | null {
    const overlay = this.#place.active() ? readOverlay(this.#place.rows()) : null;
    return overlay && screenRequest(overlay, this.#place.calls(), this.#place.directory());
  }

  /** True while the request may still become readable. */
  #isWaiting(): boolean {
    this.#unreadSince ??= performance.now();
    if (performance.now() - this.#unreadSince >= UNREAD_MS) return false;
    this.#lookAgain();
    return true;
  }

  #gone(): void {
    this.#unreadSince = null;
    this.#goneSince ??= performance.now();
    const over = !this.#place.active() || performance.now() - this.#goneSince >= GONE_MS;
    if (!over) {
      this.#lookAgain();
      return;
    }
    this.#answered = null;
    if (this.#asked) this.clear();
  }

  #lookAgain(): void {
    clearTimeout(this.#timer);
    if (!this.#asked && this.#unreadSince === null && this.#answered === null) return;
    this.#lookIn(LOOK_AGAIN_MS);
  }

  #lookIn(ms: number): void {
    const { logger } = this.#place;
    const again = (): void => this.#lookIn(LOOK_AFTER_FAILURE_MS);
    const look = (): void =>
      unattended(logger, 'the reading of a request on the screen', () => this.#readAndLook(), again);
    this.#timer = setTimeout(look, ms);
  }

  async #readAndLook(): Promise<void> {
    await this.#place.read();
    this.look();
  }
}

function identityOf({ call, request }: ScreenRequest): string {
  return call ?? request.hash;
}

function isSame({ pending, identity }: Asked, shown: ScreenRequest): boolean {
  return identityOf(shown) === identity && shown.request.hash === pending.hash;
}

function unfit(): VoiceError {
  return requestUnfit('This request cannot be answered from here.', 'Answer it in `codex-voice attach`.');
}

function notTaken(): VoiceError {
  return requestUnfit(
    'The hidden terminal did not accept the answer. The request is still waiting.',
    'Answer it in `codex-voice attach`.',
  );
}
