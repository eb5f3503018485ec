import { z } from 'zod';
import { MESSAGE, type SwayConnection } from '../../wayland/sway-connection.ts';
import type { Chord } from '../chord.ts';
import type { RuntimeBindings, Said } from './runtime-bindings.ts';
import { bindingOf, swayChord, swayFlags } from './sway-chord.ts';

const CONFIG = z.object({
  config: z.string(),
  // Not in sway 1.7, which gives the main file only.
  included_configs: z
    .array(
      z.object({ raw_contents: z.string().optional(), variable_replaced_contents: z.string().optional() }),
    )
    .optional(),
});

/** `nop` does nothing, and its text comes with the event of the binding. */
export const NOP = 'nop ';

/** Bindings over a connection to sway. */
export class SwayBindings implements RuntimeBindings {
  readonly compositor = 'sway';
  readonly apply = 'Remove that line and reload sway';
  readonly #connection: SwayConnection;
  /** The text of the user's configuration. */
  #config = '';

  constructor(connection: SwayConnection) {
    this.#connection = connection;
  }

  nameOf(chord: Chord): string {
    return swayChord(chord);
  }

  async read(): Promise<void> {
    const { config, included_configs = [] } = CONFIG.parse(await this.#connection.ask(MESSAGE.config));
    const included = included_configs.map(
      (each) => each.variable_replaced_contents ?? each.raw_contents ?? '',
    );
    this.#config = [config, ...included].join('\n');
  }

  userBinding(chord: Chord): string | null {
    return bindingOf(chord, this.#config);
  }

  bind(chord: Chord, { down, up }: Said): Promise<string | null> {
    const key = `--no-warn ${swayFlags(chord)}${swayChord(chord)}`;
    const release = up === undefined ? '' : `; bindsym --release ${key} ${NOP}${up}`;
    return this.#connection.run(`bindsym --no-repeat ${key} ${NOP}${down}${release}`);
  }

  async unbind(chord: Chord, { up }: Said): Promise<void> {
    const key = `${swayFlags(chord)}${swayChord(chord)}`;
    await this.#connection.run(`unbindsym ${key}${up === undefined ? '' : `; unbindsym --release ${key}`}`);
  }
}
