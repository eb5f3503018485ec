import type { HotkeyState } from '../hotkey/hotkey.ts';
import type { PriorityState } from '../processes/priority.ts';
import type { LoadedSettings } from '../settings/load.ts';
import type { TrayState } from '../tray/tray.ts';
import type { ReleaseAge } from '../update/staleness.ts';
import type { Utterance } from '../utterance.ts';
import type { LiveFacts } from '../view/facts.ts';
import type { AttachedTerminals } from './attached-terminals.ts';
import type { Parts } from './parts.ts';

/** What the control socket needs of the daemon. */
export interface HandledDaemon {
  /** @throws VoiceError daemon-failed while it is still starting */
  readonly parts: Parts;
  readonly hotkey: HotkeyState;
  readonly priority: PriorityState;
  readonly tray: TrayState;
  readonly updates: ReleaseAge;
  readonly settings: LoadedSettings;
  /** What its events have told so far. */
  readonly facts: LiveFacts;
  /** Who looks at the hidden terminals. */
  readonly terminals: AttachedTerminals;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** performance.now() when it started, ms. */
  readonly startedAt: number;
  reload(): Promise<boolean>;
  stop(): void;
  /** Ends, and begins anew with the program that is installed now. */
  restart(): void;
  /** Resolves with an utterance's record when it has ended. */
  ended(id: string, signal: AbortSignal): Promise<Utterance>;
}
