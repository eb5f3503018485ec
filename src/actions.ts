// biome-ignore-all lint/suspicious/noConfusingVoidType: an action without an outcome
import type { Answer } from './agent/requests.ts';
import type { Review, StageName } from './facts.ts';
import type { Source, TextChange } from './utterance.ts';

/**
 * Where an action comes from. For notifications, the tray and the control socket, their drivers and the gatekeeper have
 * made sure that it is the user or a program of the user. A `recording` may have anybody's voice.
 */
export type Origin = 'hotkey' | 'bubble' | 'tray' | 'socket' | 'recording' | Voice;

/** What was said with the hotkey. `pressedAt`: performance.now() of the key press, ms; null: in an earlier run. */
export interface Voice {
  by: 'voice';
  pressedAt: number | null;
}

/** A request to the daemon. Without `project`, it is about the current project. */
export type Action =
  // Voice.
  /** `at`: performance.now() in ms. Default: now. */
  | { type: 'key'; key: 'press' | 'release' | 'toggle' | 'cancel'; at?: number }
  /** Starts listening for a prompt of this project. */
  | { type: 'speak-to'; project: string }
  /** Pauses or resumes listening; this is kept when the daemon ends. */
  | { type: 'pause'; paused: boolean }
  // Prompts. Texts are untrusted.
  | { type: 'ask'; text: string; source: Source; project?: string | undefined }
  /** `partial`: accept a file that is cut short. */
  | { type: 'ask-recording'; file: string; partial: boolean; project?: string | undefined }
  /** Interrupts Codex. */
  | { type: 'interrupt'; project?: string | undefined }
  /** `position`: 1 for the first. */
  | { type: 'queue-move'; utterance: string; position: number }
  | { type: 'queue-drop'; utterance: string }
  /** Sends a prompt (again) that is uncertain, or has ended without a complete answer. */
  | { type: 'queue-send'; utterance: string }
  // Prompts in review. Without `utterance`, the newest one.
  /** `text` replaces the prompt. */
  | { type: 'review-send'; utterance?: string | undefined; text?: string }
  | { type: 'review-cancel'; utterance?: string | undefined }
  /** Opens the editor in a window. */
  | { type: 'review-edit'; utterance?: string | undefined }
  /** Stops the countdown until the prompt is sent or cancelled, or `signal` aborts. */
  | { type: 'review-hold'; utterance?: string | undefined; signal: AbortSignal }
  // Corrections of a spoken prompt.
  /**
   * Replaces the text of a prompt that waits. One that was sent is interrupted, and a new prompt with the text is sent
   * next. `change`: what was changed; `by`: the utterance that ends with this.
   */
  | { type: 'correct'; utterance: string; text: string; change: TextChange; by: string }
  /** Cancels a prompt that waits, or interrupts one that was sent. */
  | { type: 'take-back'; utterance: string }
  /** Adds a word to the user's own vocabulary. */
  | { type: 'remember-word'; word: string }
  // Requests of Codex.
  /**
   * Without `request`, the only one that waits. `hash` is the hash of the request that was shown; without it, the
   * current one.
   */
  | { type: 'answer'; request?: string | undefined; hash?: string | undefined; answer: Answer }
  // Projects.
  /** null: no project is chosen any more. */
  | { type: 'choose-project'; project: string | null }
  /** `thread: null`: a new conversation. */
  | { type: 'open-conversation'; project?: string | undefined; thread: string | null }
  // Windows.
  /**
   * `composer`: show the newest rows. `env`: environment of a desktop other than the daemon's. `activation`: the token
   * with which the desktop lets a new window take the focus.
   */
  | {
      type: 'open-terminal';
      project?: string | undefined;
      composer?: boolean;
      env?: NodeJS.ProcessEnv;
      activation?: string | undefined;
    }
  | { type: 'open-answer'; utterance: string }
  | { type: 'open-screen' }
  | { type: 'open-settings' }
  // The daemon.
  | { type: 'reload' }
  /** Ends and starts again with the program that is installed now, unless it is busy. */
  | { type: 'restart' }
  | { type: 'stop' };

/** What each action returns. */
interface Outcomes {
  key: StageName;
  'speak-to': void;
  pause: StageName;
  /** The id of the utterance. */
  ask: string;
  'ask-recording': string;
  /** False: Codex was not working. */
  interrupt: boolean;
  'queue-move': void;
  'queue-drop': void;
  'queue-send': void;
  'review-send': void;
  'review-cancel': void;
  'review-edit': void;
  'review-hold': Review;
  correct: void;
  'take-back': void;
  'remember-word': void;
  /** The id of the request. */
  answer: string;
  /** Where prompts go now, and whether the user chose it. */
  'choose-project': { project: string; chosen: boolean };
  'open-conversation': { project: string; thread: string };
  'open-terminal': { project: string; window: 'opened' | 'raised' };
  'open-answer': void;
  'open-screen': void;
  'open-settings': void;
  /** True: the settings have changed. */
  reload: boolean;
  /** False: it is busy, and continues. */
  restart: boolean;
  stop: void;
}

export type ActionType = Action['type'];
export type ActionOf<T extends ActionType> = Extract<Action, { type: T }>;

/** Performs each type of action. @throws VoiceError with the reason when it cannot be done */
export type Performers = {
  [T in ActionType]: (action: ActionOf<T>) => Outcomes[T] | Promise<Outcomes[T]>;
};

/**
 * Performs an action. The work has begun when this returns, so that nothing delays a microphone.
 * @throws VoiceError decision-refused, and what each action throws
 */
export type Perform<T extends ActionType = ActionType> = <A extends T>(
  action: ActionOf<A>,
  origin: Origin,
) => Promise<Outcomes[A]>;

/**
 * Judges whether an action may be performed. Returns null where nothing has to be looked up, so that nothing delays a
 * microphone.
 * @throws VoiceError decision-refused; also as a rejection
 */
export type Judge = (action: Action, origin: Origin) => Promise<void> | null;

/** Returns the one function that performs actions. */
export function performWith<T extends ActionType>(performers: Pick<Performers, T>, judge: Judge): Perform<T> {
  return async <A extends T>(action: ActionOf<A>, origin: Origin): Promise<Outcomes[A]> => {
    const judged = judge(action, origin);
    if (judged !== null) await judged;
    const perform = performers[action.type as A] as (
      action: ActionOf<A>,
    ) => Outcomes[A] | Promise<Outcomes[A]>;
    return perform(action);
  };
}
