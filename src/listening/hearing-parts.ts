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

/** Processes an utterance while it is spoken. */
export type Companion = Pick<LiveListening, 'follow' | 'endpointMs' | 'attach' | 'warm' | 'finish' | 'close'>;

/** The parts for one recording, from its beginning to its end, even if the settings change meanwhile. */
export interface HearingTools {
  readonly microphone: Microphone;
  /** For the microphone, one recording at a time; a recording from a file uses `another()`. */
  readonly detector: Detector;
  readonly transcriber: Transcriber;
  readonly options: ListenOptions;
  /** Starts to process an utterance while it is spoken; null: everything happens after its end. */
  accompany(): Companion | null;
}

/** Gives the parts, and knows this program's sounds. */
interface HearingEar {
  /** Returns the parts of the current settings. */
  tools(): HearingTools;
  /** True if a sound of this program could be heard at that time, performance.now() in ms. */
  own(at: number): boolean;
}

/** Destinations of prompts. */
interface PromptPlaces {
  /** Returns the destination of a prompt before it is heard. */
  destination(): Destination;
  /** Resolves with the name of the focused project; null: unknown. */
  focused(): Promise<string | null>;
}

/** Follows a recording with the hotkey. */
interface RecordingProgress {
  /** The microphone is closed, and the text is being made. */
  endpoint(recording: Recording): void;
  /** Its utterance is on its way, or has ended. */
  done(recording: Recording): void;
}

/** The words of the projects. */
type HearingWords = Pick<SpokenWords, 'phrases' | 'prepare'>;

/** The recordings on disk. */
type HearingAudio = Pick<AudioStore, 'begin' | 'save' | 'pathOf' | 'discard'>;

/** The parts of hearing. */
export interface HearingParts {
  ear: HearingEar;
  bus: Publisher;
  /** Interprets what was heard. */
  meaning: Pick<Meaning, 'take'>;
  places: PromptPlaces;
  progress: RecordingProgress;
  words: HearingWords;
  journal: UtteranceJournal;
  audio: HearingAudio;
  logger: Logger;
}
