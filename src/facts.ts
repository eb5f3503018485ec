import type { Logger } from 'pino';
import type { Activity } from './agent/activity.ts';
import type { PendingRequest } from './agent/requests.ts';
import type { SessionNotice, SessionStatus } from './agent/session.ts';
import type { ErrorCode, ErrorReport } from './errors.ts';
import type { ProjectRule, Timings, Utterance } from './utterance.ts';

/** State of listening. */
export type StageName = 'idle' | 'listening' | 'finishing' | 'paused';

/** A part of the program that can have trouble, named as in its error codes. */
export type TroubledPart =
  | 'hotkey'
  | 'microphone'
  | 'model'
  | 'engine'
  | 'codex'
  | 'directory'
  | 'config'
  | 'not';

/** A prompt that is not answered yet. `uncertain`: it may have been sent, and only the user can know. */
export interface QueueEntry {
  id: string;
  project: string;
  prompt: string;
  state: 'queued' | 'uncertain' | 'sending';
}

/**
 * A prompt in review. `counting`: it is sent in `left_s` seconds; `stopped`: the user speaks; `editing`; `confirmed`:
 * it is sent after earlier prompts; `unseen`: no notification server shows it.
 */
export interface Review {
  id: string;
  project: string;
  rule: ProjectRule | null;
  /** The original transcript. */
  transcript: string | null;
  /** The text that will be sent. */
  prompt: string;
  state: 'counting' | 'stopped' | 'editing' | 'confirmed' | 'unseen';
  left_s: number | null;
}

/** State of a review, as its notification shows it. */
export type ReviewView =
  /** `left`: whole seconds until it is sent. */
  | { state: 'counting'; left: number }
  /** The countdown pauses while the user speaks. */
  | { state: 'stopped' }
  /** It is sent after earlier prompts. */
  | { state: 'confirmed' };

/** A notification about the program itself. */
export interface Notice {
  title: string;
  body: string;
  /** It replaces only an earlier notice with the same name. */
  about?: string;
  /** It stays until the problem is solved. */
  stays?: boolean;
}

/**
 * An event. Whatever concerns an utterance is in the journal before it is published, so that a crash cannot take back
 * what was shown.
 */
export type Fact =
  // Voice.
  /** What a key of the desktop did. `backend`: the driver that reported it, or `bindings`. */
  | { type: 'hotkey'; key: 'press' | 'release' | 'toggle' | 'cancel'; backend: string }
  | { type: 'stage'; stage: StageName; utterance: string | null }
  /** A key press that stops reading aloud. */
  | { type: 'key-used' }
  /** The microphone is about to be opened: everything must be silent. */
  | { type: 'opening' }
  /** The user wanted to speak while the program is paused. */
  | { type: 'refused' }
  | { type: 'listening'; utterance: Utterance }
  /** The microphone delivers sound. */
  | { type: 'opened' }
  /** The recording has ended. */
  | { type: 'listened' }
  /** `dbfs`: loudness (RMS) of the last tenth of a second. */
  | { type: 'level'; utterance: Utterance; dbfs: number; speaking: boolean }
  /** The words so far. Their first `stable` UTF-16 units will not change any more. */
  | { type: 'partial'; utterance: Utterance; text: string; stable: number }
  /** The transcript is final. `held`: it is shown before it is sent. */
  | { type: 'heard'; utterance: Utterance; held: boolean }
  // Prompts in review.
  | { type: 'review'; utterance: Utterance; view: ReviewView }
  /** It is being edited elsewhere. */
  | { type: 'review-hidden'; utterance: string }
  /** It is being sent. */
  | { type: 'released'; utterance: Utterance }
  /** It was cancelled. */
  | { type: 'not-sent'; utterance: Utterance }
  /** A word of it was corrected. `typed`: in the editor of its review. */
  | { type: 'corrected'; utterance: Utterance; from: string; to: string; typed: boolean }
  /** All prompts in review, after a change. */
  | { type: 'reviews'; reviews: readonly Review[] }
  // From the queue to the answer.
  /** It waits behind `ahead` others. */
  | { type: 'queued'; utterance: Utterance; ahead: number }
  /** Only the user can know whether it was sent; its error says why. */
  | { type: 'uncertain'; utterance: Utterance }
  /** All unanswered prompts of a project. */
  | { type: 'queue'; project: string; queue: readonly QueueEntry[] }
  /** `turn`: Codex's id of the turn. */
  | { type: 'accepted'; utterance: Utterance; turn: string }
  | { type: 'activity'; utterance: Utterance; activity: Activity }
  /** More of the answer. `utterance.answer` is the whole answer so far. */
  | { type: 'delta'; utterance: Utterance; text: string }
  /** It has ended, in any state. */
  | { type: 'ended'; utterance: Utterance }
  | { type: 'timings'; utterance: string; timings: Timings }
  // Projects and their sessions.
  /** Prompts go to this project from now on. */
  | { type: 'project'; project: string; chosen: boolean }
  | { type: 'session'; project: string; status: SessionStatus }
  | { type: 'session-notice'; project: string; notice: SessionNotice }
  | { type: 'requested'; project: string; request: PendingRequest }
  /** It has been waiting for a while. */
  | { type: 'reminded'; request: PendingRequest }
  | { type: 'resolved'; project: string; request: string }
  // The program itself.
  /** An error that does not belong to an utterance. */
  | { type: 'trouble'; error: ErrorReport }
  /** The error is over. */
  | { type: 'cleared'; code: ErrorCode }
  /** These parts work. */
  | { type: 'works'; parts: readonly TroubledPart[] }
  | { type: 'notice'; notice: Notice };

/**
 * Receives facts and keeps its own view of them. A subscriber that shows a fact to the user may return when it was
 * shown (performance.now(), ms), or null when nothing could show it.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most subscribers return nothing.
type Subscriber = (fact: Fact) => void | Promise<number | null>;

/** Where facts are published. */
export type Publisher = Pick<Bus, 'publish'>;

/** Delivers every fact to every subscriber, in the order in which the facts were published. */
export class Bus {
  readonly #logger: Logger;
  readonly #subscribers = new Map<Subscriber, string>();
  readonly #waiting: { fact: Fact; told: (shows: Promise<number | null>[]) => void }[] = [];
  #telling = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds a subscriber after the existing ones; call the result to remove it. @param name for the log */
  subscribe(name: string, subscriber: Subscriber): () => void {
    this.#subscribers.set(subscriber, name);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Publishes a fact. A fact that a subscriber publishes meanwhile is delivered after this one. Never throws. */
  publish(fact: Fact): void {
    this.#tell(fact, () => undefined);
  }

  /** Publishes a fact and resolves when it was shown, ms; null: nothing could show it. */
  async shown(fact: Fact): Promise<number | null> {
    const shows = await new Promise<Promise<number | null>[]>((resolve) => this.#tell(fact, resolve));
    const times = await Promise.all(shows);
    return times.find((time) => time !== null) ?? null;
  }

  #tell(fact: Fact, told: (shows: Promise<number | null>[]) => void): void {
    this.#waiting.push({ fact, told });
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { fact: now } = next;
      next.told([...this.#subscribers].map(([subscriber, name]) => this.#hand(now, subscriber, name)));
    }
    this.#telling = false;
  }

  /** A failing subscriber does not affect the others. */
  async #hand(fact: Fact, subscriber: Subscriber, name: string): Promise<number | null> {
    try {
      return (await subscriber(fact)) ?? null;
    } catch (error) {
      this.#logger.error({ err: error, subscriber: name, fact: fact.type }, 'a subscriber failed');
      return null;
    }
  }
}
