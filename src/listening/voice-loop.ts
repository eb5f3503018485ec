import type { Logger } from 'pino';
import type { HotkeyMode } from '../hotkey/gesture.ts';
import { Gesture } from '../hotkey/gesture.ts';
import type { Destination } from '../interpretation/destination.ts';

/** A running recording. `finish` ends it and keeps the sound, `cancel` discards it. */
export interface Recording {
  /** Id of the utterance, once it is in the journal. */
  utterance?: string;
  /** performance.now() of the key press, ms. */
  pressedAt: number;
  finish: AbortController;
  cancel: AbortController;
}

/** State of listening. Codex works independently, behind the queue. */
export type Stage =
  | { name: 'idle' }
  | { name: 'listening'; recording: Recording }
  /** The recording has ended and its text is being made. A press may already begin the next one. */
  | { name: 'finishing'; recording: Recording }
  /** The user has paused listening: nothing opens the microphone. */
  | { name: 'paused' };

/** Everything that changes the stage. `at` is performance.now() in ms. */
type VoiceEvent =
  | { type: 'press' | 'release'; at: number }
  | { type: 'toggle' | 'cancel'; at: number }
  /** Starts listening for a fixed destination; ignored while listening. */
  | { type: 'speak'; at: number; to: Destination }
  | { type: 'endpoint' | 'done'; recording: Recording }
  | { type: 'pause' | 'unpause' };

interface VoiceLoopParts {
  mode: () => HotkeyMode;
  /** Starts a recording, which reports back with `endpoint` and `done`. @param to fixed destination */
  begin: (pressedAt: number, to: Destination | null) => Recording;
  onStage: (stage: Stage) => void;
  /** The user wanted to speak while it is paused. */
  onRefused: () => void;
  /** Cancel was requested while not listening. */
  onCancelIdle: () => void;
  logger: Logger;
}

/** The only place that changes the stage. */
export class VoiceLoop {
  readonly #parts: VoiceLoopParts;
  readonly #gesture = new Gesture();
  #stage: Stage;

  /** @param begins `paused` if it was when the daemon ended */
  constructor(parts: VoiceLoopParts, begins: 'idle' | 'paused' = 'idle') {
    this.#parts = parts;
    this.#stage = { name: begins };
  }

  get stage(): Stage {
    return this.#stage;
  }

  dispatch(event: VoiceEvent): void {
    const stage = this.#stage;
    switch (event.type) {
      case 'press':
      case 'release': {
        const listening = stage.name === 'listening';
        const action = this.#gesture.next(this.#parts.mode(), event, listening);
        if (action === 'start') this.#start(event.at);
        else if (action === 'finish') this.#finish();
        return;
      }
      case 'toggle':
        if (stage.name === 'listening') this.#finish();
        else this.#start(event.at);
        return;
      case 'speak':
        if (stage.name !== 'listening') this.#start(event.at, event.to);
        return;
      case 'cancel':
        if ('recording' in stage) stage.recording.cancel.abort();
        else this.#parts.onCancelIdle();
        return;
      case 'endpoint':
        if (stage.name === 'listening' && stage.recording === event.recording) {
          this.#become({ name: 'finishing', recording: event.recording });
        }
        return;
      case 'done':
        if ('recording' in stage && stage.recording === event.recording) this.#become({ name: 'idle' });
        return;
      case 'pause':
        // Discards the running recording; earlier ones continue.
        if (stage.name === 'listening') stage.recording.cancel.abort();
        if (stage.name !== 'paused') this.#become({ name: 'paused' });
        return;
      case 'unpause':
        if (stage.name === 'paused') this.#become({ name: 'idle' });
        return;
    }
  }

  #start(at: number, to: Destination | null = null): void {
    if (this.#stage.name === 'paused') this.#parts.onRefused();
    else this.#become({ name: 'listening', recording: this.#parts.begin(at, to) });
  }

  #finish(): void {
    if (this.#stage.name === 'listening') this.#stage.recording.finish.abort();
  }

  #become(stage: Stage): void {
    this.#parts.logger.debug({ from: this.#stage.name, to: stage.name }, 'stage');
    this.#stage = stage;
    this.#parts.onStage(stage);
  }
}
