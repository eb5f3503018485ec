import { Box, type SuspendTerminal, Text, useApp, useCursor, useInput, usePaste } from 'ink';
import { createElement as h, type ReactElement, useEffect, useSyncExternalStore } from 'react';
import type { ControlClient } from '../control/client.ts';
import { keyNames } from './input/keys.ts';
import { painted } from './painting/theme.ts';
import type { Store } from './store.ts';
import { screenOf } from './views/screen.ts';

/** Handles input, and asks the daemon for data. */
export interface InCharge {
  /** Called for each connection to a daemon. */
  connected(daemon: ControlClient): void;
  /** Takes keys as `keyNames` names them. */
  keys(names: readonly string[]): void;
  paste(text: string): void;
  /** Called after every change, because scrolling may need more data. */
  look?(): void;
  /** Called once, at the end. */
  close?(): void;
}

/** Functions of ink, available once it has drawn. */
export interface Lent {
  suspendTerminal: SuspendTerminal;
}

interface AppProps {
  store: Store;
  controller: InCharge;
  colours: boolean;
  /** A new number draws everything again. */
  generation: number;
  lend: (lent: Lent) => void;
}

/** Draws the state. Keys and pastes go to the controller. */
export function App({ store, controller, colours, generation, lend }: AppProps): ReactElement {
  const state = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.state,
  );
  const { suspendTerminal } = useApp();
  const { setCursorPosition } = useCursor();
  useEffect(() => lend({ suspendTerminal }), [lend, suspendTerminal]);
  useEffect(() => controller.look?.());
  useInput((input, key) => controller.keys(keyNames(input, key)));
  usePaste((text) => controller.paste(text));
  const { lines, cursor } = screenOf(state, Date.now());
  setCursorPosition(cursor ?? undefined);
  const { columns, rows } = state.size;
  return h(
    Box,
    { key: generation, flexDirection: 'column', width: columns, height: rows, overflow: 'hidden' },
    lines.map((line, row) => h(Text, { key: row, wrap: 'truncate' }, painted(line, colours) || ' ')),
  );
}
