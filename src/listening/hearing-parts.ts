import type { Logger } from 'pino';
import type { Publisher } from '../facts.ts';
import type { Destination } from '../interpretation/destination.ts';
import type { Meaning } from '../interpretation/meaning.ts';
import type { AudioStore } from '../journal/audio.ts';
import type { UtteranceJournal } from '../journal/live-utterance.ts';
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

/** Where prompts go. */
export interface PromptPlaces {
  /** Returns the destination of a prompt of which nothing is known yet. */
  destination(): Destination;
  /** Resolves with the name of the project that the user works in now; null: it is not known. */
  focused(): Promise<string | null>;
}

/** Hears how far a recording with the hotkey is. */
export interface RecordingProgress {
  /** The microphone is closed, its text is being made. */
  endpoint(recording: Recording): void;
  /** Its utterance is on its way, or has ended. */
  done(recording: Recording): void;
}

/** The words of the projects. */
export type HearingWords = Pick<SpokenWords, 'phrases' | 'prepare'>;

/** The sound of utterances on the disk. */
export type HearingAudio = Pick<AudioStore, 'begin' | 'save' | 'pathOf' | 'discard'>;

/** What hearing is made of. */
export interface HearingParts {
  ear: HearingEar;
  bus: Publisher;
  /** Takes what was heard. */
  meaning: Pick<Meaning, 'take'>;
  places: PromptPlaces;
  progress: RecordingProgress;
  words: HearingWords;
  journal: UtteranceJournal;
  audio: HearingAudio;
  logger: Logger;
}
