import type { Logger } from 'pino';
import { z } from 'zod';
import { VoiceError } from '../errors.ts';
import { MESSAGE, type SwayConnection, type SwayEvent } from '../wayland/sway-connection.ts';
import type { Chord } from './chord.ts';
import type { HotkeyOutlet, HotkeySession } from './kept-hotkey.ts';
import { bindingOf, swayChord, swayFlags } from './sway-bindings.ts';

/** sway 1.7 reports no release when another key was pressed meanwhile. The longest that a key is held, ms. */
const LONGEST_HOLD_MS = 120_000;

const BINDING = z.object({ binding: z.object({ command: z.string() }) });
const CHANGE = z.object({ change: z.string() });
const RESULTS = z.array(z.object({ success: z.boolean(), error: z.string().optional() }));
const CONFIG = z.object({
  config: z.string(),
  // Not in sway 1.7, which gives the main file only.
  included_configs: z
    .array(
      z.object({ raw_contents: z.string().optional(), variable_replaced_contents: z.string().optional() }),
    )
    .optional(),
});

export interface SwaySessionOptions {
  connection: SwayConnection;
  listen: Chord;
  cancel: Chord;
  logger: Logger;
  outlet: HotkeyOutlet;
}

/** The two chords on one connection to sway. */
export class SwaySession implements HotkeySession {
  readonly #options: SwaySessionOptions;
  /** What the bindings say when they are pressed: `nop` does nothing, and its text comes with the event. */
  readonly #says: Record<'down' | 'up' | 'cancel', string>;
  /** The text of the user's configuration. */
  #config = '';
  #bound = false;
  #cancelBound = false;
  #listening = false;
  #release: NodeJS.Timeout | undefined;
  /** One change after the other. */
  #changing: Promise<void> = Promise.resolve();

  constructor(options: SwaySessionOptions) {
    this.#options = options;
    const say = (what: string, chord: Chord): string => `nop codex-voice ${what} ${swayChord(chord)}`;
    const { listen, cancel } = options;
    this.#says = { down: say('down', listen), up: say('up', listen), cancel: say('cancel', cancel) };
  }

  /** @throws Error when sway does not answer */
  async begin(): Promise<void> {
    await this.#options.connection.ask(MESSAGE.subscribe, '["binding","workspace","shutdown"]');
    await this.#bind();
  }

  setListening(listening: boolean): void {
    this.#listening = listening;
    this.#change(() => this.#bindCancel());
  }

  /** An event of the connection. */
  take({ name, payload }: SwayEvent): void {
    const at = performance.now();
    if (name === 'binding') {
      const { data } = BINDING.safeParse(payload);
      if (data) this.#pressed(data.binding.command, at);
    } else if (name === 'workspace' && CHANGE.safeParse(payload).data?.change === 'reload') {
      // It has forgotten what was bound while it ran, and may have another configuration.
      this.#bound = false;
      this.#cancelBound = false;
      this.#change(async () => {
        await this.#bind();
        await this.#bindCancel();
      });
    }
  }

  /** Lets the keys go. Never rejects. */
  async end(): Promise<void> {
    clearTimeout(this.#release);
    this.#listening = false;
    this.#change(async () => {
      await this.#bindCancel();
      if (this.#bound) await this.#run(unbinding(this.#options.listen));
    });
    await this.#changing;
  }

  #pressed(command: string, at: number): void {
    const { outlet } = this.#options;
    if (command === this.#says.down) {
      clearTimeout(this.#release);
      this.#release = setTimeout(() => outlet.release(performance.now()), LONGEST_HOLD_MS);
      outlet.press(at);
    } else if (command === this.#says.up) {
      clearTimeout(this.#release);
      outlet.release(at);
    } else if (command === this.#says.cancel) outlet.cancelled(at);
  }

  async #bind(): Promise<void> {
    const { connection, listen, outlet } = this.#options;
    const { config, included_configs = [] } = CONFIG.parse(await connection.ask(MESSAGE.config));
    const included = included_configs.map(
      (each) => each.variable_replaced_contents ?? each.raw_contents ?? '',
    );
    this.#config = [config, ...included].join('\n');
    const line = bindingOf(listen, this.#config);
    if (line !== null) return outlet.changed(taken(listen, line));
    const key = `${swayFlags(listen)}${swayChord(listen)}`;
    const refused = await this.#run(
      `bindsym --no-repeat --no-warn ${key} ${this.#says.down}; bindsym --release --no-warn ${key} ${this.#says.up}`,
    );
    this.#bound = refused === null;
    outlet.changed(refused === null ? null : notTaken(listen, refused));
  }

  /** A key that the user has bound stays the user's: the listen key ends a recording as well. */
  async #bindCancel(): Promise<void> {
    const { cancel, logger } = this.#options;
    if (this.#listening === this.#cancelBound) return;
    if (!this.#listening) {
      await this.#run(`unbindsym ${swayFlags(cancel)}${swayChord(cancel)}`);
      this.#cancelBound = false;
      return;
    }
    if (bindingOf(cancel, this.#config) !== null) return;
    const refused = await this.#run(
      `bindsym --no-repeat --no-warn ${swayFlags(cancel)}${swayChord(cancel)} ${this.#says.cancel}`,
    );
    this.#cancelBound = refused === null;
    if (refused !== null) logger.warn({ error: refused }, 'no cancel key: sway refuses it');
  }

  /** @returns why sway refuses a command; null: it does not */
  async #run(command: string): Promise<string | null> {
    const results = RESULTS.parse(await this.#options.connection.ask(MESSAGE.command, command));
    const failed = results.find(({ success }) => !success);
    return failed ? (failed.error ?? 'no reason given') : null;
  }

  #change(work: () => Promise<void>): void {
    this.#changing = this.#changing.then(work).catch((error: unknown) => {
      // The connection has ended, or is not sway's: then it is made anew.
      this.#options.logger.debug({ err: error }, 'sway did not take a binding');
    });
  }
}

function unbinding(chord: Chord): string {
  const key = `${swayFlags(chord)}${swayChord(chord)}`;
  return `unbindsym ${key}; unbindsym --release ${key}`;
}

function taken(chord: Chord, line: string): VoiceError {
  return new VoiceError(
    'hotkey-taken',
    `${chord.text} is bound in your configuration of sway: ${line.slice(0, 120)}.`,
    'Remove that line and reload sway, or choose another key under [hotkey] in config.toml.',
  );
}

function notTaken(chord: Chord, reason: string): VoiceError {
  return new VoiceError(
    'hotkey-unavailable',
    `sway does not bind ${chord.text}: ${reason}.`,
    'Choose another key under [hotkey] in config.toml.',
  );
}
