import { z } from 'zod';
import { speaksLua } from '../../wayland/hyprland.ts';
import { hyprlandParts } from '../bindings/chords.ts';
import type { Chord, Modifier } from '../chord.ts';
import { keysymOf } from '../keysyms.ts';
import type { RuntimeBindings, Said } from './runtime-bindings.ts';

/** Bits of `modmask`. */
const MASK: Readonly<Record<Modifier, number>> = { shift: 1, ctrl: 4, alt: 8, super: 64 };

/** What both configuration languages list at `j/binds`. */
const BINDS = z.array(
  z.object({
    modmask: z.number(),
    key: z.string(),
    submap: z.string().default(''),
    description: z.string().default(''),
    dispatcher: z.string(),
    arg: z.string().default(''),
  }),
);
type Bind = z.infer<typeof BINDS>[number];

/** The description of bindings in Lua, whose dispatcher and argument name nothing. */
const DESCRIPTION = 'codex-voice';

/** A binding with its flags, in words that both languages have. */
interface Wanted {
  said: string;
  flags: readonly ('release' | 'ignore_mods' | 'non_consuming')[];
}

/** One configuration language: how bindings are made and removed while Hyprland runs. */
interface Language {
  /** True where removing our bindings removes the user's bindings of the same key as well. */
  readonly removesAll: boolean;
  bind(chord: Chord, wanted: readonly Wanted[]): string[];
  unbind(chord: Chord): string;
}

/** hyprland.conf, of Hyprland up to 0.56. */
const HYPRLANG: Language = {
  removesAll: true,
  bind: (chord, wanted) =>
    wanted.map(
      ({ said, flags }) =>
        `keyword bind${flags.map(([letter]) => letter).join('')} ${keyOf(chord)}, event, ${said}`,
    ),
  unbind: (chord) => `keyword unbind ${keyOf(chord)}`,
};

const TABLE = 'codex_voice = codex_voice or {}';

/** hyprland.lua, since Hyprland 0.55, which refuses `keyword`. The bindings are kept in a global, to remove exactly them. */
const LUA: Language = {
  removesAll: false,
  bind(chord, wanted) {
    const { modifiers, key } = hyprlandParts(chord);
    const binds = wanted.map(({ said, flags }) => {
      const options = [`description = "${DESCRIPTION}"`, ...flags.map((flag) => `${flag} = true`)].join(', ');
      return `hl.bind("${[...modifiers, key].join(' + ')}", hl.dsp.event("${said}"), { ${options} })`;
    });
    return [`eval ${TABLE} codex_voice["${nameOf(chord)}"] = { ${binds.join(', ')} }`];
  },
  unbind(chord) {
    const ours = `codex_voice["${nameOf(chord)}"]`;
    return `eval ${TABLE} for _, each in ipairs(${ours} or {}) do each:remove() end ${ours} = nil`;
  },
};

/**
 * Bindings over the request socket of Hyprland. Their dispatcher `event` does nothing, and sends its text to the event
 * socket. After the sources of 0.54 to 0.56 and of the development version of August 2026; not run on Hyprland.
 */
export class HyprlandBindings implements RuntimeBindings {
  readonly compositor = 'Hyprland';
  readonly apply = 'Remove that binding (`codex-voice keys remove` does it if codex-voice wrote it)';
  readonly #ask: (request: string) => Promise<string>;
  #language: Language = HYPRLANG;
  #binds: readonly Bind[] = [];
  /** The chord without modifiers whose release is bound while the listen key is held. */
  #loose: Chord | null = null;

  /** @param ask sends a request to Hyprland */
  constructor(ask: (request: string) => Promise<string>) {
    this.#ask = ask;
  }

  nameOf(chord: Chord): string {
    return nameOf(chord);
  }

  async read(): Promise<void> {
    this.#language = (await speaksLua(this.#ask)) ? LUA : HYPRLANG;
    this.#binds = BINDS.parse(JSON.parse(await this.#ask('j/binds')));
    this.#loose = null;
  }

  userBinding(chord: Chord): string | null {
    const found = this.#binds.find((each) => {
      if (!isOf(each, chord) || isOurs(each)) return false;
      return this.#language.removesAll || each.submap === '';
    });
    if (found === undefined) return null;
    return (
      found.description || (this.#language === LUA ? 'a function' : `${found.dispatcher} ${found.arg}`.trim())
    );
  }

  async bind(chord: Chord, { down, up }: Said): Promise<string | null> {
    // A daemon that was killed leaves its bindings.
    if (this.#binds.some((each) => isOf(each, chord) && isOurs(each))) await this.unbind(chord);
    const wanted: Wanted[] = [{ said: down, flags: [] }];
    if (up !== undefined) wanted.push({ said: up, flags: ['release'] });
    const refused = await this.#run(this.#language.bind(chord, wanted));
    if (refused !== null) await this.unbind(chord);
    return refused;
  }

  async unbind(chord: Chord): Promise<void> {
    await this.#ask(this.#language.unbind(chord));
  }

  /**
   * Up to 0.56, a release counts only while the modifiers are down, and people let them go first. So while the key is down,
   * its release is bound with any modifiers. Not longer, because every press of that key would be reported then.
   */
  async held(chord: Chord, up: string): Promise<void> {
    if (chord.modifiers.size === 0) return;
    const loose: Chord = { ...chord, modifiers: new Set() };
    if (this.userBinding(loose) !== null) return;
    this.#loose = loose;
    await this.#run(
      this.#language.bind(loose, [{ said: up, flags: ['release', 'ignore_mods', 'non_consuming'] }]),
    );
  }

  async letGo(): Promise<void> {
    const loose = this.#loose;
    this.#loose = null;
    if (loose !== null) await this.unbind(loose);
  }

  /** @returns the first answer that is not ok; null: Hyprland takes all of them */
  async #run(requests: readonly string[]): Promise<string | null> {
    for (const request of requests) {
      const answer = (await this.#ask(request)).trim();
      if (answer !== 'ok') return answer || 'no reason given';
    }
    return null;
  }
}

function nameOf(chord: Chord): string {
  const { modifiers, key } = hyprlandParts(chord);
  return [...modifiers, key].join('+');
}

/** As `bind` and `unbind` of hyprland.conf take it. */
function keyOf(chord: Chord): string {
  const { modifiers, key } = hyprlandParts(chord);
  return `${modifiers.join(' ')}, ${key}`;
}

function isOf({ modmask, key }: Bind, chord: Chord): boolean {
  const mask = [...chord.modifiers].reduce((sum, each) => sum + MASK[each], 0);
  if (modmask !== mask) return false;
  return 'button' in chord ? key === hyprlandParts(chord).key : keysymOf(key) === chord.keysym;
}

function isOurs({ description, dispatcher, arg }: Bind): boolean {
  return description === DESCRIPTION || (dispatcher === 'event' && arg.startsWith('codex-voice '));
}
