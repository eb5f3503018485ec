import type { WaitingRequest } from '../agent/requests.ts';
import type { Settings } from '../settings/schema.ts';
import type { ProjectRule, Source, TextChange } from '../utterance.ts';
import type { Destination, RoutableProjects } from './destination.ts';

/** What an utterance means. */
export type Interpretation =
  | { kind: 'nothing-said' }
  /** It answers the request; `both`: the settings list this phrase under approve and deny. */
  | { kind: 'decision'; decision: 'approve' | 'deny' | 'both'; request: WaitingRequest }
  /** It is about the prompt under review that has this id. */
  | { kind: 'review'; phrase: ReviewPhrase; utterance: string }
  /** It corrects a word of the prompt that has this id; `text`: the corrected prompt. */
  | { kind: 'correction'; utterance: string; text: string; change: TextChange }
  /** The prompt that has this id is taken back. */
  | { kind: 'undo'; utterance: string }
  /** Everything in it was taken back ("scratch that"); `prompt`: what was taken back last. */
  | ({ kind: 'taken-back'; prompt: string } & Destination)
  /** All prompts that follow go to this project. */
  | { kind: 'project-switch'; project: string }
  /** `changes`: what was corrected in it; null: nothing could be. */
  | ({ kind: 'prompt'; prompt: string; changes: readonly TextChange[] | null } & Destination);

/** The command in a whole utterance about a prompt in review. */
export type ReviewPhrase = 'send' | 'edit' | 'cancel';

/** An utterance as it was heard. */
export interface Heard {
  /** As the engine wrote it. */
  transcript: string;
  /** Mean probability of the transcript, 0 to 1; absent if the engine does not report it. */
  confidence?: number | undefined;
  /** Duration of the speech that the detector found, ms. */
  speechMs: number;
  source: Source;
  /** performance.now() of the key press, ms; null: in an earlier run of the daemon, or there was none. */
  pressedAt: number | null;
  /** The destination before the words are considered, and the reason for it. */
  project: string;
  rule: ProjectRule | null;
}

/** An utterance with words. */
export interface Said extends Heard {
  /** The transcript as one line, without the engine's notes on sounds. */
  words: string;
}

/** The newest spoken prompt, which a spoken correction is about. */
export interface RecentPrompt {
  id: string;
  project: string;
  /** Its text, as the user knows it. */
  prompt: string;
  /** `held`: in review; `sent`: Codex has it, or is getting it; `ended`: its turn is over. */
  state: 'held' | 'queued' | 'sent' | 'ended';
  /** performance.now() when Codex accepted it, ms; null: not yet. */
  sentAt: number | null;
}

/** What the meaning of an utterance depends on. */
export interface Context {
  approvals: Pick<Settings['approvals'], 'spoken' | 'approve' | 'deny'>;
  /** The waiting requests. */
  requests: readonly WaitingRequest[];
  /** The newest prompt under review; `seenAt`: performance.now() when it was first on the screen, ms; null: it was not. */
  review: { id: string; seenAt: number | null } | null;
  /** The newest spoken prompt of this run; null: none, or it was cancelled. */
  recent: RecentPrompt | null;
  projects: RoutableProjects;
  /** Corrects a prompt: the project's names, symbols and replacements, each as it is spelt. */
  correct(
    project: string,
    prompt: string,
  ): Pick<Extract<Interpretation, { kind: 'prompt' }>, 'prompt' | 'changes'>;
}

/** Recognizes one meaning. */
export interface Interpreter {
  readonly name: string;
  /** Returns null when the utterance means something else. Changes nothing. */
  interpret(said: Said, context: Context): Interpretation | null;
}
