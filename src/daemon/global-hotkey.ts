import type { Logger } from 'pino';
import type { Fact, StageName } from '../facts.ts';
import { BusKeys } from '../hotkey/bus-keys.ts';
import type { Hotkey, HotkeyEvent, HotkeyState } from '../hotkey/hotkey.ts';
import type { BoundKey } from '../hotkey/repeat-filter.ts';
import { openHotkey } from '../hotkey/select.ts';
import { areCancellable } from '../review/reviews.ts';
import type { Settings } from '../settings/schema.ts';

interface GlobalHotkeyParts {
  /** Returns the current `[hotkey]`. */
  settings: () => Settings['hotkey'];
  env: NodeJS.ProcessEnv;
  /** True for a process of the user that Codex did not start. */
  trusts: (pid: number) => boolean;
  /** @param backend the driver that reported it, or `bindings` */
  onEvent: (event: HotkeyEvent, backend: string) => void;
  logger: Logger;
}

/** The daemon's hotkey and the bindings of the desktop. The key is grabbed unless it is paused, and again when its settings change. */
export class GlobalHotkey {
  readonly #parts: GlobalHotkeyParts;
  #hotkey: Hotkey | null = null;
  #busKeys: BusKeys | null = null;
  #stage: StageName = 'idle';
  /** True while a prompt is in review: the cancel key cancels it too. */
  #reviewing = false;
  /** One change at a time: a key is free only after it has been released. */
  #changing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: GlobalHotkeyParts) {
    this.#parts = parts;
  }

  get state(): HotkeyState {
    if (this.#hotkey && this.#stage !== 'paused') return this.#hotkey.state;
    const { listen, cancel } = this.#parts.settings();
    return { backend: this.#hotkey?.state.backend ?? 'none', keys: [listen, cancel], state: 'off' };
  }

  learn(fact: Fact): void {
    if (fact.type === 'stage') this.stage(fact.stage);
    if (fact.type !== 'reviews') return;
    const reviewing = areCancellable(fact.reviews);
    if (reviewing === this.#reviewing) return;
    this.#reviewing = reviewing;
    this.#hotkey?.setListening(this.#cancellable);
  }

  /** @throws VoiceError hotkey-invalid when it grabs the key and the settings can never work */
  stage(name: StageName): void {
    this.#stage = name;
    if (!this.#closed) this.#busKeys ??= this.#openBusKeys();
    if (name === 'paused') void this.#change(() => this.#release());
    else if (this.#hotkey) this.#hotkey.setListening(this.#cancellable);
    else if (!this.#closed) this.#open();
  }

  /** Applies changed settings. */
  async renew(): Promise<void> {
    await this.#change(() => this.#release());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#busKeys?.close();
    await this.#change(() => this.#release());
  }

  get #cancellable(): boolean {
    return this.#stage === 'listening' || this.#reviewing;
  }

  /** Never rejects. */
  #change(work: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(work).catch((error: unknown) => {
      this.#parts.logger.error({ err: error }, 'the hotkey could not be grabbed or released');
    });
    return this.#changing;
  }

  /** Releases the key, and grabs it again if it is still needed. */
  async #release(): Promise<void> {
    await this.#hotkey?.close();
    this.#hotkey = null;
    if (!this.#closed && this.#stage !== 'paused') this.#open();
  }

  #openBusKeys(): BusKeys {
    const { env, logger, trusts } = this.#parts;
    const onKey = (type: BoundKey, at: number): void => this.#handle({ type, at }, 'bindings');
    return new BusKeys({ env, logger, onKey, trusts });
  }

  #open(): void {
    const { env, logger, settings } = this.#parts;
    const { listen, cancel, backend } = settings();
    const hotkey = openHotkey({ listen, cancel, backend, env, logger });
    this.#hotkey = hotkey;
    hotkey.setListening(this.#cancellable);
    if (hotkey.state.reason) this.#handle({ type: 'state', state: hotkey.state }, hotkey.state.backend);
    void this.#follow(hotkey);
  }

  /** Never rejects: a failure of one press must not affect the next. */
  async #follow(hotkey: Hotkey): Promise<void> {
    try {
      for await (const event of hotkey.events) this.#handle(event, hotkey.state.backend);
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'the events of the hotkey ended');
    }
  }

  #handle(event: HotkeyEvent, backend: string): void {
    const { logger, onEvent } = this.#parts;
    try {
      onEvent(event, backend);
    } catch (error) {
      logger.error({ err: error, event: event.type }, 'an event of the hotkey could not be handled');
    }
  }
}
