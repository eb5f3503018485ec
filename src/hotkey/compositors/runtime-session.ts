import type { Logger } from 'pino';
import { VoiceError } from '../../errors.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyOutlet, HotkeySession } from '../kept-hotkey.ts';
import { notBound } from '../refused-key.ts';
import type { RuntimeBindings, Said } from './runtime-bindings.ts';

/** Compositors report no release in some cases. The longest that a key is held, ms. */
const LONGEST_HOLD_MS = 120_000;

interface RuntimeSessionOptions {
  bindings: RuntimeBindings;
  listen: Chord;
  cancel: Chord;
  logger: Logger;
  outlet: HotkeyOutlet;
}

/** The two chords on one connection to a compositor that binds keys while it runs. */
export class RuntimeSession implements HotkeySession {
  readonly #options: RuntimeSessionOptions;
  readonly #listen: Required<Said>;
  readonly #cancel: Said;
  #bound = false;
  #cancelBound = false;
  #listening = false;
  #held = false;
  #release: NodeJS.Timeout | undefined;
  /** One change after the other. */
  #changing: Promise<void> = Promise.resolve();

  constructor(options: RuntimeSessionOptions) {
    this.#options = options;
    const { bindings, listen, cancel } = options;
    const say = (what: string, chord: Chord): string => `codex-voice ${what} ${bindings.nameOf(chord)}`;
    this.#listen = { down: say('down', listen), up: say('up', listen) };
    this.#cancel = { down: say('cancel', cancel) };
  }

  /** @throws Error when the compositor does not answer */
  async begin(): Promise<void> {
    await this.#bind();
  }

  setListening(listening: boolean): void {
    this.#listening = listening;
    this.#change(() => this.#bindCancel());
  }

  /** A binding has said its text. */
  take(text: string): void {
    const at = performance.now();
    if (text === this.#listen.down) this.#press(at);
    else if (text === this.#listen.up) this.#letGo(at);
    else if (text === this.#cancel.down) this.#options.outlet.cancelled(at);
  }

  /** The compositor has read its configuration again: it has forgotten what was bound while it ran. */
  reloaded(): void {
    this.#bound = false;
    this.#cancelBound = false;
    this.#change(async () => {
      await this.#bind();
      await this.#bindCancel();
    });
  }

  /** Lets the keys go. Never rejects. */
  async end(): Promise<void> {
    clearTimeout(this.#release);
    this.#listening = false;
    const { bindings, listen } = this.#options;
    this.#change(async () => {
      await this.#bindCancel();
      await bindings.letGo?.();
      if (this.#bound) await bindings.unbind(listen, this.#listen);
    });
    await this.#changing;
  }

  #press(at: number): void {
    const { bindings, listen, outlet } = this.#options;
    clearTimeout(this.#release);
    this.#release = setTimeout(() => this.#letGo(performance.now()), LONGEST_HOLD_MS);
    this.#held = true;
    outlet.press(at);
    this.#change(async () => bindings.held?.(listen, this.#listen.up));
  }

  #letGo(at: number): void {
    const { bindings, outlet } = this.#options;
    clearTimeout(this.#release);
    if (!this.#held) return;
    this.#held = false;
    outlet.release(at);
    this.#change(async () => bindings.letGo?.());
  }

  async #bind(): Promise<void> {
    const { bindings, listen, outlet } = this.#options;
    await bindings.read();
    const user = bindings.userBinding(listen);
    if (user !== null) return outlet.changed(taken(listen, bindings, user));
    const refused = await bindings.bind(listen, this.#listen);
    this.#bound = refused === null;
    outlet.changed(refused === null ? null : notBound(listen, bindings.compositor, refused));
  }

  /** A key that the user has bound stays the user's: the listen key ends a recording as well. */
  async #bindCancel(): Promise<void> {
    const { bindings, cancel, logger } = this.#options;
    if (this.#listening === this.#cancelBound) return;
    if (!this.#listening) {
      await bindings.unbind(cancel, this.#cancel);
      this.#cancelBound = false;
      return;
    }
    if (bindings.userBinding(cancel) !== null) return;
    const refused = await bindings.bind(cancel, this.#cancel);
    this.#cancelBound = refused === null;
    if (refused !== null) logger.warn({ error: refused }, `no cancel key: ${bindings.compositor} refuses it`);
  }

  #change(work: () => Promise<void>): void {
    this.#changing = this.#changing.then(work).catch((error: unknown) => {
      // The connection has ended, or is not the compositor's: then it is made anew.
      this.#options.logger.debug(
        { err: error },
        `${this.#options.bindings.compositor} did not take a binding`,
      );
    });
  }
}

function taken(chord: Chord, { compositor, apply }: RuntimeBindings, binding: string): VoiceError {
  return new VoiceError(
    'hotkey-taken',
    `${chord.text} is bound in your configuration of ${compositor}: ${binding.slice(0, 120)}.`,
    `${apply}, or choose another key under [hotkey] in config.toml.`,
  );
}
