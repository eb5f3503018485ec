import type { Logger } from 'pino';
import type { HotkeyMode } from '../hotkey/gesture.ts';
import { Gesture } from '../hotkey/gesture.ts';
import type { Destination } from '../interpretation/destination.ts';

/** A recording under way: `finish` ends it with what was heard, `cancel` throws it away. */
export interface Recording {
  /** The utterance's id, once the journal has it. */
  utterance?: string;
  /** performance.now() in ms of the key press. */
  pressedAt: number;
  finish: AbortController;
  cancel: AbortController;
}

/** What the daemon is doing about the person's voice. Codex works beside it, behind the queue. */
export type Stage =
  | { name: 'idle' }
  | { name: 'listening'; recording: Recording }
  /** The recording is over, its text is being made; a press may begin the next one already. */
  | { name: 'finishing'; recording: Recording }
  /** The person wants not to be heard: nothing opens the microphone. */
  | { name: 'paused' };

/** All that can change the stage; `at` is performance.now() in ms. */
export type VoiceEvent =
  | { type: 'press' | 'release'; at: number }
  | { type: 'toggle' | 'cancel'; at: number }
  /** Listen for this place, whatever is focused or chosen; nothing while it listens. */
  | { type: 'speak'; at: number; to: Destination }
  | { type: 'endpoint' | 'done'; recording: Recording }
  | { type: 'pause' | 'unpause' };

interface VoiceLoopParts {
  mode: () => HotkeyMode;
  /** Begins a recording; it reports back with `endpoint` and `done`. `to`: where it goes whatever is said in it. */
  begin: (pressedAt: number, to: Destination | null) => Recording;
  onStage: (stage: Stage) => void;
  /** Somebody wanted to speak while it is paused. */
  onRefused: () => void;
  /** Cancel was asked for while nothing is being heard. */
  onCancelIdle: () => void;
  logger: Logger;
}

/** The one place where the stage changes. */
export class VoiceLoop {
  readonly #parts: VoiceLoopParts;
  readonly #gesture = new Gesture();
  #stage: Stage;

  /** @param begins `paused`: it was when the daemon ended */
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
        // What is being said is thrown away; what was said before goes its way.
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
