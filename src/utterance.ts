import type { ErrorReport } from './errors.ts';

/** How the words were entered. */
export type Source = 'hotkey' | 'cli' | 'file' | 'reply' | 'editor';

/** States of an utterance: listening -> heard -> accepted -> answered, or another end. `empty`: nothing was said. */
type UtteranceState =
  | 'listening'
  | 'heard'
  | 'accepted'
  | 'answered'
  | 'interrupted'
  | 'failed'
  | 'cancelled'
  | 'empty';

/**
 * Why an utterance goes to its project: the user named it (`said`), requested it (`ask --project`) or chose it (`use`),
 * it contains the folder of the focused window, or it is the first one.
 */
export type ProjectRule = 'said' | 'asked' | 'chosen' | 'focused' | 'default';

/** A change on the way from the transcript to the prompt. */
export interface TextChange {
  from: string;
  to: string;
  /** Start of `from` in the text before this change, UTF-16 units. The changes apply one after another. */
  at: number;
  /**
   * `exact`: a name in the project, said in its own words; `sound`: a similar sound; `casing`: "camel case ...";
   * `symbol`: a symbol said as a word; `replace`: a rule of the user; `repair`: corrected within the utterance; `layout`: a
   * spoken line break; `correction`: corrected by a later utterance.
   */
  why: 'exact' | 'sound' | 'casing' | 'symbol' | 'replace' | 'repair' | 'layout' | 'correction';
}

/** Duration of each stage that the user waits for, ms; absent where the stage did not happen. */
export interface Timings {
  /** hotkey -> first audio frame */
  microphone?: number;
  /** first -> last frame of speech */
  speech?: number;
  /** last frame of speech -> endpoint */
  endpoint?: number;
  /** the engine's own time for the final text */
  transcription?: number;
  /** endpoint -> text */
  transcript_wait?: number;
  /** text -> the prompt may be sent; only for prompts in review */
  review?: number;
  /** text, or the end of its review -> Codex reports the user message */
  delivery?: number;
  /** accepted -> first delta of the answer */
  first_token?: number;
  /** accepted -> turn completed */
  answer?: number;
  /** turn completed -> the notification server has taken the answer */
  notify?: number;
  /** last frame of speech -> first delta */
  loop?: number;
}

/** A spoken or typed prompt, from the key press to its answer: a record of the journal. */
export interface Utterance {
  id: string;
  /** Start, ISO 8601. */
  at: string;
  source: Source;
  project: string;
  /** Why it goes to this project; null in records from before there was a choice. */
  rule: ProjectRule | null;
  /** The original transcript; null for typed prompts, and until it is known. */
  transcript: string | null;
  /**
   * Confidence of the engine in the transcript, 0 to 1; null until it is known, and where there is none: typed prompts,
   * servers, models for transcribe-cpp.
   */
  confidence: number | null;
  /** The text for Codex; null until it is known. */
  prompt: string | null;
  /** Changes between transcript and prompt; null for typed prompts and older records. */
  changes: readonly TextChange[] | null;
  state: UtteranceState;
  /** The answer so far; null before its first words. */
  answer: string | null;
  error: ErrorReport | null;
  timings: Timings;
}
