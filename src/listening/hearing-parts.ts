import type { Logger } from 'pino';
import type { Publisher } from '../facts.ts';
import type { Destination, Route } from '../interpretation/routing.ts';
import type { AudioStore } from '../journal/audio.ts';
import type { LiveUtterance, UtteranceJournal, UtterancePatch } from '../journal/live-utterance.ts';
import type { Microphone } from '../microphone/microphone.ts';
import type { Detector } from '../speech/detector.ts';
import type { ListenOptions } from '../speech/listen.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import type { LiveListening } from './live-listening.ts';
import type { SpokenWords } from './spoken-words.ts';
import type { Recording } from './voice-loop.ts';

/** Works on an utterance while it is spoken. */
export type Companion = Pick<LiveListening, 'follow' | 'endpointMs' | 'attach' | 'warm' | 'finish' | 'close'>;

/** What one recording is heard with, from its beginning to its end, whatever the settings become meanwhile. */
export interface HearingTools {
  readonly microphone: Microphone;
  /** For what the microphone hears, one recording at a time; a recording from a file takes `another()`. */
  readonly detector: Detector;
  readonly transcriber: Transcriber;
  readonly options: ListenOptions;
  /** Begins to work on an utterance while it is spoken; null: all comes after its end. */
  accompany(): Companion | null;
}

/** Gives the tools, and knows our own sounds. */
export interface HearingEar {
  /** Returns the tools of the settings in force. */
  tools(): HearingTools;
  /** Reports whether a sound of our own could be heard at this moment, performance.now() in ms. */
  own(at: number): boolean;
}

/** Decides what a transcript is before it is taken for a prompt that is sent at once. */
export interface TranscriptMeaning {
  /**
   * Resolves true when what was said with the hotkey answered a request of Codex or a review, and is no prompt.
   * @param pressedAt performance.now() in ms; null: in an earlier run of the daemon
   */
  decide(transcript: string, pressedAt: number | null): Promise<boolean>;
  /** Takes a prompt that is shown before it is sent, as it was heard; false: it is sent at once. */
  review(live: LiveUtterance, heard: UtterancePatch): boolean;
}

/** Where prompts go. */
export interface PromptPlaces {
  /** Returns the destination of a prompt of which nothing is known yet. */
  destination(): Destination;
  /** Resolves with the name of the project that the user works in now; null: it is not known. */
  focused(): Promise<string | null>;
  route(prompt: string, focused: string | null): Route;
  /** Chooses a project for all prompts that follow. */
  choose(project: string): void;
  /** Takes over what was heard. @throws VoiceError project-unknown */
  deliver(utterance: LiveUtterance): void;
}

/** Hears how far a recording with the hotkey is. */
export interface RecordingProgress {
  /** The microphone is closed, its text is being made. */
  endpoint(recording: Recording): void;
  /** Its utterance is on its way, or has ended. */
  done(recording: Recording): void;
}

/** The words of the projects. */
export type HearingWords = Pick<SpokenWords, 'phrases' | 'prepare' | 'rewrite'>;

/** The sound of utterances on the disk. */
export type HearingAudio = Pick<AudioStore, 'begin' | 'save' | 'pathOf' | 'discard'>;

/** What hearing is made of. */
export interface HearingParts {
  ear: HearingEar;
  bus: Publisher;
  meaning: TranscriptMeaning;
  places: PromptPlaces;
  progress: RecordingProgress;
  words: HearingWords;
  journal: UtteranceJournal;
  audio: HearingAudio;
  logger: Logger;
}
