import type { Logger } from 'pino';
import type { Activity } from './agent/activity.ts';
import type { PendingRequest } from './agent/requests.ts';
import type { SessionNotice, SessionStatus } from './agent/session.ts';
import type { ErrorCode, ErrorReport } from './errors.ts';
import type { ProjectRule, Timings, Utterance } from './utterance.ts';

/** What the daemon does about the user's voice. */
export type StageName = 'idle' | 'listening' | 'finishing' | 'paused';

/** A part of the program that can be in trouble, as the first word of its error codes. */
export type TroubledPart =
  | 'hotkey'
  | 'microphone'
  | 'model'
  | 'engine'
  | 'codex'
  | 'directory'
  | 'config'
  | 'not';

/** A prompt that is not answered yet. `uncertain`: it may have been sent, and only the user can tell. */
export interface QueueEntry {
  id: string;
  project: string;
  prompt: string;
  state: 'queued' | 'uncertain' | 'sending';
}

/**
 * A prompt that is shown before it is sent. `counting`: it is sent in `left_s` seconds; `stopped`: the user speaks;
 * `editing`; `confirmed`: it is sent after those that were spoken before it; `unseen`: no notification server shows it.
 */
export interface Review {
  id: string;
  project: string;
  rule: ProjectRule | null;
  /** What was heard. */
  transcript: string | null;
  /** What would be sent. */
  prompt: string;
  state: 'counting' | 'stopped' | 'editing' | 'confirmed' | 'unseen';
  left_s: number | null;
}

/** What the bubble of a review says. */
export type ReviewView =
  /** `left`: whole seconds until it is sent. */
  | { state: 'counting'; left: number }
  /** The countdown stands still while the user speaks. */
  | { state: 'stopped' }
  /** It is sent after those that were spoken before it. */
  | { state: 'confirmed' };

/** A bubble about the program itself. */
export interface Notice {
  title: string;
  body: string;
  /** It replaces only the one of the same name. */
  about?: string;
  /** It stays until it is over: something does not work. */
  stays?: boolean;
}

/**
 * Something that has happened. What concerns an utterance is in the journal before it is published, so that nobody is
 * told what a crash could take back.
 */
export type Fact =
  // The user's voice.
  | { type: 'stage'; stage: StageName; utterance: string | null }
  /** A key was used that ends what is being read aloud. */
  | { type: 'key-used' }
  /** The microphone is about to be opened: nothing may make a sound. */
  | { type: 'opening' }
  /** The user wanted to speak while the program is paused. */
  | { type: 'refused' }
  | { type: 'listening'; utterance: Utterance }
  /** The microphone gives sound. */
  | { type: 'opened' }
  /** The recording is over. */
  | { type: 'listened' }
  /** `dbfs`: loudness (RMS) of the last tenth of a second. */
  | { type: 'level'; utterance: Utterance; dbfs: number; speaking: boolean }
  /** The words so far; their first `stable` UTF-16 units will not change any more. */
  | { type: 'partial'; utterance: Utterance; text: string; stable: number }
  /** The words are known; `held`: they are shown before they are sent. */
  | { type: 'heard'; utterance: Utterance; held: boolean }
  // A prompt before it is sent.
  | { type: 'review'; utterance: Utterance; view: ReviewView }
  /** It is edited elsewhere. */
  | { type: 'review-hidden'; utterance: string }
  /** It is sent now. */
  | { type: 'released'; utterance: Utterance }
  /** It was cancelled. */
  | { type: 'not-sent'; utterance: Utterance }
  /** All of them; one has changed. */
  | { type: 'reviews'; reviews: readonly Review[] }
  // From the queue to the answer.
  /** It waits behind `ahead` others. */
  | { type: 'queued'; utterance: Utterance; ahead: number }
  /** Only the user can tell whether it was sent; its error says why. */
  | { type: 'uncertain'; utterance: Utterance }
  /** All prompts of a project that are not answered yet. */
  | { type: 'queue'; project: string; queue: readonly QueueEntry[] }
  /** `turn`: Codex's id of the turn. */
  | { type: 'accepted'; utterance: Utterance; turn: string }
  | { type: 'activity'; utterance: Utterance; activity: Activity }
  /** More of the answer; `utterance.answer` is all of it so far. */
  | { type: 'delta'; utterance: Utterance; text: string }
  /** It has ended, in whichever state. */
  | { type: 'ended'; utterance: Utterance }
  | { type: 'timings'; utterance: string; timings: Timings }
  // Projects and their sessions.
  /** Prompts go to this project from now on. */
  | { type: 'project'; project: string; chosen: boolean }
  | { type: 'session'; project: string; status: SessionStatus }
  | { type: 'session-notice'; project: string; notice: SessionNotice }
  | { type: 'requested'; project: string; request: PendingRequest }
  /** It has waited for a while. */
  | { type: 'reminded'; request: PendingRequest }
  | { type: 'resolved'; project: string; request: string }
  // The program itself.
  /** Something is wrong that belongs to no utterance. */
  | { type: 'trouble'; error: ErrorReport }
  /** That trouble is over. */
  | { type: 'cleared'; code: ErrorCode }
  /** These parts work. */
  | { type: 'works'; parts: readonly TroubledPart[] }
  | { type: 'notice'; notice: Notice };

/**
 * Takes facts, and folds them into a view of its own. One that shows a fact to the user may return when that was
 * (performance.now(), ms), or null when nothing could show it.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most subscribers return nothing.
export type Subscriber = (fact: Fact) => void | Promise<number | null>;

/** Where facts are published. */
export type Publisher = Pick<Bus, 'publish'>;

/** Hands every fact to every subscriber, in the order in which the facts were published. */
export class Bus {
  readonly #logger: Logger;
  readonly #subscribers = new Map<Subscriber, string>();
  readonly #waiting: { fact: Fact; told: (shows: Promise<number | null>[]) => void }[] = [];
  #telling = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds a subscriber, behind those that are there; call the result to stop. @param name for the log */
  subscribe(name: string, subscriber: Subscriber): () => void {
    this.#subscribers.set(subscriber, name);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Tells every subscriber; a fact that one of them publishes meanwhile comes after this one. Never throws. */
  publish(fact: Fact): void {
    this.#tell(fact, () => undefined);
  }

  /** Publishes a fact that is to be shown. Resolves with when it was, ms; null: nothing could show it. */
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

  /** One subscriber that fails costs the others nothing. */
  async #hand(fact: Fact, subscriber: Subscriber, name: string): Promise<number | null> {
    try {
      return (await subscriber(fact)) ?? null;
    } catch (error) {
      this.#logger.error({ err: error, subscriber: name, fact: fact.type }, 'a fact could not be taken');
      return null;
    }
  }
}
