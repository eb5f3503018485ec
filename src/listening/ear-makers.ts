import type { Logger } from 'pino';
import type { Paths } from '../files/paths.ts';
import type { Microphone } from '../microphone/microphone.ts';
import type { Role } from '../processes/priority.ts';
import type { Settings } from '../settings/schema.ts';
import type { Detector } from '../speech/detector.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import type { Transcriber } from '../transcription/transcriber.ts';

export interface EarOptions {
  settings: Settings;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** Replaces the microphone of the settings. */
  microphone?: Microphone | undefined;
  onTrouble: (error: unknown) => void;
  /** Raises the priority of a process that listens to the user. */
  give?: ((pid: number, role: Role) => void) | undefined;
  logger: Logger;
}

/** Creates the parts of the ear from settings. */
export interface EarMakers {
  /** @throws VoiceError detector-failed */
  detector(settings: Settings): Promise<Detector>;
  microphone(settings: Settings): Microphone;
  /** Starts to load it. @throws VoiceError model-missing */
  engine(settings: Settings): Transcriber;
  turnDetector(): TurnDetector;
}
