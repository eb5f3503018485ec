import type { Answer } from './agent/requests.ts';
import { VoiceError } from './errors.ts';
import type { Review, StageName } from './facts.ts';
import type { Source } from './utterance.ts';

/**
 * Where an action comes from. The drivers of notifications and tray, and the gatekeeper of the control socket, have made
 * sure that it is the user or a program of the user; `recording` can be anybody's voice.
 */
export type Origin = 'hotkey' | 'bubble' | 'tray' | 'socket' | 'voice' | 'recording';

/** Something that somebody wants. A project that is not named is the current one. */
export type Action =
  // The voice.
  /** `at`: performance.now(), ms; absent: now. */
  | { type: 'key'; key: 'press' | 'release' | 'toggle' | 'cancel'; at?: number }
  /** Listens: what is said is the next prompt of this project. */
  | { type: 'speak-to'; project: string }
  /** Not to be heard, or to be heard again; kept when the daemon ends. */
  | { type: 'pause'; paused: boolean }
  // Prompts. Texts are untrusted.
  | { type: 'ask'; text: string; source: Source; project?: string | undefined }
  /** `partial`: as far as the file goes. */
  | { type: 'ask-recording'; file: string; partial: boolean; project?: string | undefined }
  /** Stops what Codex does. */
  | { type: 'interrupt'; project?: string | undefined }
  /** `position`: 1 for the first. */
  | { type: 'queue-move'; utterance: string; position: number }
  | { type: 'queue-drop'; utterance: string }
  /** Sends it (again): it is uncertain, or has ended without a whole answer. */
  | { type: 'queue-send'; utterance: string }
  // Prompts before they are sent; one that is not named is the newest.
  /** `text`: instead of what was heard. */
  | { type: 'review-send'; utterance?: string | undefined; text?: string }
  | { type: 'review-cancel'; utterance?: string | undefined }
  /** Opens the editor in a window. */
  | { type: 'review-edit'; utterance?: string | undefined }
  /** Stops the countdown until it is sent or cancelled, or `signal` aborts. */
  | { type: 'review-hold'; utterance?: string | undefined; signal: AbortSignal }
  // Requests of Codex.
  /** `request`: absent: the only one that waits. `hash`: of what was shown of it; absent: as it is now. */
  | { type: 'answer'; request?: string | undefined; hash?: string | undefined; answer: Answer }
  // Projects.
  /** null: none is chosen any more. */
  | { type: 'choose-project'; project: string | null }
  /** `thread`: null: a new conversation. */
  | { type: 'open-conversation'; project?: string | undefined; thread: string | null }
  // Windows.
  /** `composer`: show the newest rows; `env`: of another desktop than the daemon's. */
  | { type: 'open-terminal'; project?: string | undefined; composer?: boolean; env?: NodeJS.ProcessEnv }
  | { type: 'open-answer'; utterance: string }
  | { type: 'open-screen' }
  | { type: 'open-settings' }
  // The daemon.
  | { type: 'reload' }
  /** Ends, and begins anew with the program that is installed now, unless it is busy. */
  | { type: 'restart' }
  | { type: 'stop' };

/** What each action returns. */
export interface Outcomes {
  key: StageName;
  'speak-to': void;
  pause: StageName;
  /** The id of the utterance. */
  ask: string;
  'ask-recording': string;
  /** False: Codex did nothing. */
  interrupt: boolean;
  'queue-move': void;
  'queue-drop': void;
  'queue-send': void;
  'review-send': void;
  'review-cancel': void;
  'review-edit': void;
  'review-hold': Review;
  /** The id of the request. */
  answer: string;
  /** Where prompts go now, and whether it was chosen. */
  'choose-project': { project: string; chosen: boolean };
  'open-conversation': { project: string; thread: string };
  'open-terminal': { project: string; window: 'opened' | 'raised' };
  'open-answer': void;
  'open-screen': void;
  'open-settings': void;
  /** The settings are other ones. */
  reload: boolean;
  /** False: it is busy, and goes on. */
  restart: boolean;
  stop: void;
}

export type ActionType = Action['type'];
export type ActionOf<T extends ActionType> = Extract<Action, { type: T }>;

/** What does each action. @throws VoiceError why it cannot be done */
export type Performers = {
  [T in ActionType]: (action: ActionOf<T>) => Outcomes[T] | Promise<Outcomes[T]>;
};

/**
 * Does what somebody wants. It has begun when this returns, so that nothing delays a microphone.
 * @throws VoiceError decision-refused, and what each action throws
 */
export type Perform<T extends ActionType = ActionType> = <A extends T>(
  action: ActionOf<A>,
  origin: Origin,
) => Promise<Outcomes[A]>;

/** These answer Codex, or let a prompt go that waits for the user. */
const DECISIONS: readonly ActionType[] = ['answer', 'review-send'];

/** The one place where actions are done. */
export function performWith<T extends ActionType>(performers: Pick<Performers, T>): Perform<T> {
  return async <A extends T>(action: ActionOf<A>, origin: Origin): Promise<Outcomes[A]> => {
    if (origin === 'recording' && DECISIONS.includes(action.type)) {
      throw new VoiceError(
        'decision-refused',
        'A recording decides nothing.',
        'Use the buttons of the notification, or `codex-voice approve`.',
      );
    }
    const perform = performers[action.type as A] as (
      action: ActionOf<A>,
    ) => Outcomes[A] | Promise<Outcomes[A]>;
    return perform(action);
  };
}
