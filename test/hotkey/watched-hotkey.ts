import pino from 'pino';
import type { Hotkey, HotkeyEvent, HotkeyState } from '../../src/hotkey/hotkey.ts';
import { type HotkeyOptions, openHotkey } from '../../src/hotkey/select.ts';
import { waitFor } from '../support/process.ts';

/** A hotkey under test, what it did and what it logged. */
export interface WatchedHotkey extends AsyncDisposable {
  readonly hotkey: Hotkey;
  readonly events: HotkeyEvent[];
  /** The messages of its log. */
  readonly log: string[];
  /** What the keys did, e.g. `['press', 'release']`. */
  keys(): string[];
  /** Waits until the keys have done this much. */
  waitForKeys(count: number): Promise<string[]>;
  /** Waits for a state, with the code of its reason where one is given. */
  waitForState(state: HotkeyState['state'], code?: string): Promise<HotkeyState>;
}

export function watchHotkey(env: NodeJS.ProcessEnv, options: Partial<HotkeyOptions> = {}): WatchedHotkey {
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void log.push(JSON.parse(line).msg) });
  const hotkey = openHotkey({
    listen: 'Ctrl+Alt+Space',
    cancel: 'Escape',
    backend: 'auto',
    env,
    logger,
    retryMs: 200,
    ...options,
  });
  const events: HotkeyEvent[] = [];
  const reading = (async () => {
    for await (const event of hotkey.events) events.push(event);
  })();
  const keys = (): string[] => events.map(({ type }) => type).filter((type) => type !== 'state');
  return {
    hotkey,
    events,
    log,
    keys,
    waitForKeys: async (count) => {
      await waitFor(`${count} key events`, () => keys().length >= count);
      return keys();
    },
    waitForState: async (state, code) => {
      await waitFor(`${state} ${code ?? ''}`, () => {
        const now = hotkey.state;
        return now.state === state && (code === undefined || now.reason?.code === code);
      });
      return hotkey.state;
    },
    [Symbol.asyncDispose]: async () => {
      await hotkey.close();
      await reading;
    },
  };
}
