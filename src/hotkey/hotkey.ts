import type { PassedOver } from '../drivers.ts';
import type { ErrorReport } from '../errors.ts';

/** What the key did; `at` is performance.now() in ms. */
export type HotkeyEvent =
  | { type: 'press'; at: number }
  | { type: 'release'; at: number }
  | { type: 'cancel'; at: number }
  /** A binding of the desktop that knows no release. */
  | { type: 'toggle'; at: number }
  | { type: 'state'; state: HotkeyState };

/** `waiting`: the display is away or the key is taken, it is tried again; `reason` says which. */
export interface HotkeyState {
  backend: string;
  /** The chords as they are configured, the listen key first. */
  keys: readonly string[];
  state: 'grabbed' | 'waiting' | 'off';
  reason?: ErrorReport;
  /** The desktop reports no release of the key: each press starts or ends. */
  toggleOnly?: boolean;
  /** The drivers before this one in the list, and why they are not used. */
  passedOver?: readonly PassedOver[];
}

/** A global hotkey: the listen chord always, the cancel chord only while listening. */
export interface Hotkey {
  readonly state: HotkeyState;
  /** One consumer; ends when closed. */
  readonly events: AsyncIterable<HotkeyEvent>;
  /** Grabs the cancel chord, or lets it go. */
  setListening(listening: boolean): void;
  close(): Promise<void>;
}
