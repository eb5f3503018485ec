import type { ErrorReport } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import type { Hotkey, HotkeyEvent, HotkeyState } from './hotkey.ts';

/** No key at all: chosen with `backend = "none"`, or because no driver works here (`reason`). */
export function noHotkey(backend: string, keys: string[], reason: ErrorReport | undefined): Hotkey {
  const events = new EventQueue<HotkeyEvent>();
  const state: HotkeyState = reason
    ? { backend, keys, state: 'off', reason }
    : { backend, keys, state: 'off' };
  return {
    state,
    events,
    setListening: () => undefined,
    close: async () => events.close(),
  };
}
