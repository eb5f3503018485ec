import { Message, Variant } from '@jellybrick/dbus-next';
import type { Logger } from 'pino';
import type { Options, Portal } from '../../dbus/portal.ts';
import type { BusConnection } from '../../dbus/session-bus.ts';
import { VoiceError } from '../../errors.ts';
import { lineText } from '../../text/clean.ts';
import type { Chord, KeyChord } from '../chord.ts';
import type { HotkeyOutlet, HotkeySession } from '../kept-hotkey.ts';
import { chordOfDescription, keyOfDescription, qtKeyOf, standingCancel, triggerOf } from '../triggers.ts';

export const SHORTCUTS = 'org.freedesktop.portal.GlobalShortcuts';
/** The program's name in reverse DNS. It never changes: desktops keep the key that the user chose under it. */
export const APP_ID = 'io.github.codex_voice.CodexVoice';
/** Under this name KDE 5.27 keeps the keys of a program that has no app id. */
const TOKEN = 'codex_voice';
/** The program in KDE's register of keys: with an app id, and without one in KDE 5.27 and 6.3. */
const COMPONENTS: readonly string[] = [APP_ID, TOKEN, `token_${TOKEN}`];
const KGLOBALACCEL = 'org.kde.kglobalaccel';
/** A desktop that has not answered by then is asking the user, ms. */
const ASKING_MS = 2_000;

type Shortcut = [id: string, properties: Options];

interface PortalSessionOptions {
  bus: BusConnection;
  portal: Portal;
  listen: KeyChord;
  cancel: Chord;
  outlet: HotkeyOutlet;
  logger: Logger;
  retryMs: number;
  /** The portal has closed the session. */
  onClosed: (reason: Error) => void;
}

/** The two shortcuts in one session of the portal. */
export class PortalSession implements HotkeySession {
  readonly #options: PortalSessionOptions;
  readonly #cancel: KeyChord;
  #path = '';
  #down = false;
  #listening = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: PortalSessionOptions) {
    this.#options = options;
    this.#cancel = standingCancel(options.listen, options.cancel);
  }

  /** The session's object in the portal; empty before there is one. */
  get path(): string {
    return this.#path;
  }

  /** Asks for the keys. The user may be asked for consent. @throws Error when the portal fails */
  async begin(): Promise<void> {
    const { portal, outlet } = this.#options;
    // KDE 5.27 takes the shortcuts here, and shows its settings when it is asked to bind them; others ignore them here.
    const created = await portal.request(SHORTCUTS, 'CreateSession', 'a{sv}', (options) => [options], {
      session_handle_token: new Variant('s', TOKEN),
      shortcuts: new Variant('a(sa{sv})', this.#wanted()),
    });
    if (created.outcome !== 'granted') throw new Error('it makes no session for global shortcuts');
    this.#path = String(created.results.session_handle?.value ?? '');
    let granted = shortcutsOf(created.results);
    if (!granted.some(([id]) => id === 'listen')) {
      const asking = setTimeout(() => outlet.changed(asksUser()), ASKING_MS);
      const bound = await portal
        .request(SHORTCUTS, 'BindShortcuts', 'oa(sa{sv})sa{sv}', (options) => [
          this.#path,
          this.#wanted(),
          '',
          options,
        ])
        .finally(() => clearTimeout(asking));
      // A second request in the same session fails, and another session would ask the user again.
      if (bound.outcome === 'refused') return outlet.changed(refused());
      granted = shortcutsOf(bound.results);
    }
    if (!granted.some(([id]) => id === 'listen')) return outlet.changed(refused());
    await this.#learn(granted);
  }

  /** Both keys are bound all the time: what is pressed while nothing is heard is ignored here. */
  setListening(listening: boolean): void {
    this.#listening = listening;
  }

  /** A signal of the portal. */
  take(signal: Message): void {
    const at = performance.now();
    if (signal.member === 'Closed' && signal.path === this.#path) {
      this.#options.onClosed(new Error('the desktop portal has closed the session'));
    }
    const [session, detail] = signal.body as [unknown, unknown];
    if (signal.interface !== SHORTCUTS || session !== this.#path) return;
    if (signal.member === 'Activated') this.#activated(detail, at);
    else if (signal.member === 'Deactivated') this.#deactivated(detail, at);
    else if (signal.member === 'ShortcutsChanged') void this.#learn(detail as Shortcut[]);
  }

  end(): void {
    clearTimeout(this.#retry);
  }

  /** A key that is held repeats: only the first counts. */
  #activated(id: unknown, at: number): void {
    const { outlet } = this.#options;
    if (id === 'cancel' && this.#listening) outlet.cancelled(at);
    if (id !== 'listen' || this.#down) return;
    this.#down = true;
    outlet.press(at);
  }

  #deactivated(id: unknown, at: number): void {
    if (id !== 'listen' || !this.#down) return;
    this.#down = false;
    this.#options.outlet.release(at);
  }

  /** Which keys the desktop gave, and whether they are really ours. Never rejects. */
  async #learn(shortcuts: readonly Shortcut[]): Promise<void> {
    const { listen, outlet } = this.#options;
    const words = new Map(
      shortcuts.map(([id, properties]) => [
        id,
        keyOfDescription(lineText(String(properties.trigger_description?.value ?? ''))),
      ]),
    );
    const key = words.get('listen') || listen.text;
    outlet.named([key, words.get('cancel') || this.#cancel.text]);
    await this.#check(chordOfDescription(key) ?? listen);
  }

  /** KDE answers that a key is bound which another program has, and never reports it. */
  async #check(chord: KeyChord): Promise<void> {
    clearTimeout(this.#retry);
    const { outlet, retryMs } = this.#options;
    const holder = await this.#holderOf(chord);
    outlet.changed(holder === null ? null : taken(chord, holder));
    if (holder !== null) this.#retry = setTimeout(() => void this.#check(chord), retryMs);
  }

  /** The program of KDE's register that has the key; null: it is ours, or this is not KDE. */
  async #holderOf(chord: KeyChord): Promise<string | null> {
    const key = qtKeyOf(chord);
    if (key === null) return null;
    try {
      const { body } = await this.#options.bus.call(
        new Message({
          destination: KGLOBALACCEL,
          path: '/kglobalaccel',
          interface: 'org.kde.KGlobalAccel',
          member: 'getGlobalShortcutsByKey',
          signature: 'i',
          body: [key],
          flags: NO_AUTO_START,
        }),
      );
      const holders = body[0] as [string, string, string, string][];
      const [first] = holders.filter(([, , component]) => !COMPONENTS.includes(component));
      return first === undefined ? null : lineText(first[3] || first[2]);
    } catch {
      return null;
    }
  }

  #wanted(): Shortcut[] {
    const { listen } = this.#options;
    const shortcut = (id: string, description: string, chord: KeyChord): Shortcut => [
      id,
      { description: new Variant('s', description), preferred_trigger: new Variant('s', triggerOf(chord)) },
    ];
    return [
      shortcut('listen', 'Speak to Codex', listen),
      shortcut('cancel', 'Cancel listening', this.#cancel),
    ];
  }
}

/** org.freedesktop.DBus: NO_AUTO_START of a message's flags. */
const NO_AUTO_START = 2;

function shortcutsOf(results: Options): Shortcut[] {
  const value: unknown = results.shortcuts?.value;
  return Array.isArray(value) ? (value as Shortcut[]) : [];
}

function taken(chord: Chord, holder: string): VoiceError {
  return new VoiceError(
    'hotkey-taken',
    `${chord.text} is taken by ${holder}.`,
    'Free it in the settings of the desktop, or choose another key there for codex-voice.',
  );
}

function asksUser(): VoiceError {
  return new VoiceError(
    'hotkey-unavailable',
    'The desktop asks you whether codex-voice may have its global hotkey.',
    'Choose Add in the dialog of the desktop.',
  );
}

function refused(): VoiceError {
  return new VoiceError(
    'hotkey-unavailable',
    'The desktop was not allowed to give codex-voice a global hotkey.',
    'Run `codex-voice restart` to be asked again, or bind a key of the desktop to `codex-voice toggle`.',
  );
}
