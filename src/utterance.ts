import type { ErrorReport } from './errors.ts';

/** Where the words came from. */
export type Source = 'hotkey' | 'cli' | 'file' | 'reply' | 'editor';

/**
 * The life of an utterance: listening -> heard -> accepted -> answered, or one of the other ends.
 * `empty`: nothing was said.
 */
export type UtteranceState =
  | 'listening'
  | 'heard'
  | 'accepted'
  | 'answered'
  | 'interrupted'
  | 'failed'
  | 'cancelled'
  | 'empty';

/**
 * Why an utterance goes to its project: it was said in it, asked for (`ask --project`), chosen (`use`), the folder of
 * the focused window lies in it, or it is the first one.
 */
export type ProjectRule = 'said' | 'asked' | 'chosen' | 'focused' | 'default';

/** What was made of words that were heard, on the way from the transcript to the prompt. */
export interface TextChange {
  from: string;
  to: string;
  /** Where `from` began in the text as it was before this change, UTF-16 units; the changes follow each other. */
  at: number;
  /**
   * A name of the project said in its own words (exact) or heard nearly so (sound), "camel case ..." (casing), a sign
   * said as a word (symbol), the person's own rule (replace).
   */
  why: 'exact' | 'sound' | 'casing' | 'symbol' | 'replace';
}

/** What the person waits for, stage by stage, in milliseconds; absent where the stage did not happen. */
export interface Timings {
  /** hotkey -> first audio frame */
  microphone?: number;
  /** first -> last frame of speech */
  speech?: number;
  /** last frame of speech -> the endpoint is declared */
  endpoint?: number;
  /** the engine's own time for the text that was used */
  transcription?: number;
  /** endpoint -> text */
  transcript_wait?: number;
  /** text -> the person has let it pass; only where prompts are shown before they are sent */
  review?: number;
  /** text, or the end of its review -> Codex reports the user message */
  delivery?: number;
  /** accepted -> first delta of the answer */
  first_token?: number;
  /** accepted -> turn completed */
  answer?: number;
  /** turn completed -> the notification server took it */
  notify?: number;
  /** last frame of speech -> first delta */
  loop?: number;
}

/** One thing that was said (or asked), from the key press to its answer. This is what the journal keeps. */
export interface Utterance {
  id: string;
  /** ISO 8601, when it began. */
  at: string;
  source: Source;
  project: string;
  /** Why this project; null in records of before there was a choice. */
  rule: ProjectRule | null;
  /** What Whisper heard, unchanged; null until it is known, and for typed prompts. */
  transcript: string | null;
  /**
   * How sure the engine is of the transcript, 0 to 1; null until it is known, and where the engine does not report it:
   * typed prompts, servers, models for transcribe-cpp.
   */
  confidence: number | null;
  /** What is sent to Codex; null until it is known. */
  prompt: string | null;
  /** What was changed between the two; null where nothing could be: typed prompts, records of before there was this. */
  changes: TextChange[] | null;
  state: UtteranceState;
  /** The answer, whole or as far as it came; null before the first words. */
  answer: string | null;
  error: ErrorReport | null;
  timings: Timings;
}
