/** The configuration languages of Hyprland: hyprland.conf up to 0.56, hyprland.lua since 0.55. */
export type HyprlandLanguage = 'hyprlang' | 'lua';

/** A binding as Hyprland keeps it. */
export interface HyprlandBind {
  modmask: number;
  key: string;
  submap?: string;
  description?: string;
  dispatcher: string;
  arg: string;
  release?: boolean;
  ignoreMods?: boolean;
}

const MASKS: Readonly<Record<string, number>> = { SHIFT: 1, CTRL: 4, ALT: 8, SUPER: 64 };

/** The bindings of a stand-in for Hyprland, with the rules of 0.54 (hyprland.conf) and 0.56 (hyprland.lua). */
export class HyprlandBinds {
  list: HyprlandBind[] = [];
  readonly #language: HyprlandLanguage;
  /** What Lua's `codex_voice` holds. */
  #kept = new Map<string, HyprlandBind[]>();

  constructor(language: HyprlandLanguage) {
    this.#language = language;
  }

  /** Reads the configuration again, which forgets everything that was bound at run time. */
  reload(binds: readonly HyprlandBind[]): void {
    this.list = [...binds];
    this.#kept = new Map();
  }

  /** Returns the answer to a request; null when it is not about bindings. */
  answer(request: string): string | null {
    if (request === 'j/binds') return JSON.stringify(this.list.map((each) => this.#shown(each)));
    const [, verb, rest = ''] = /^(keyword|eval) (.*)$/s.exec(request) ?? [];
    if (verb === 'keyword')
      return this.#language === 'lua'
        ? "keyword can't work with non-legacy parsers. Use eval."
        : this.#keyword(rest);
    if (verb === 'eval')
      return this.#language === 'lua'
        ? this.#eval(rest)
        : 'eval is only supported with the lua config manager';
    return null;
  }

  /** Returns the texts of the `event` bindings that a key fires. @param modmask the modifiers that are down now */
  fire(release: boolean, modmask: number, key: string): string[] {
    return this.list
      .filter((each) => (each.release ?? false) === release && each.key.toLowerCase() === key.toLowerCase())
      .filter((each) => each.ignoreMods || each.modmask === modmask)
      .flatMap(({ dispatcher, arg }) => (dispatcher === 'event' ? [arg] : []));
  }

  #shown({
    modmask,
    key,
    submap = '',
    description = '',
    dispatcher,
    arg,
    release = false,
  }: HyprlandBind): object {
    const lua = this.#language === 'lua';
    const named = { dispatcher: lua ? '__lua' : dispatcher, arg: lua ? '17' : arg };
    return {
      release,
      modmask,
      submap,
      key,
      keycode: 0,
      description,
      has_description: description !== '',
      ...named,
    };
  }

  #keyword(text: string): string {
    const [, command = '', value = ''] = /^(\w+) (.*)$/s.exec(text) ?? [];
    const [mods = '', key = '', dispatcher = '', ...args] = value.split(',').map((part) => part.trim());
    const modmask = mask(mods.split(' '));
    if (command === 'unbind') {
      // Everything with this key goes, in every submap.
      this.list = this.list.filter((each) => each.modmask !== modmask || each.key !== key);
      return 'ok';
    }
    const [, flags] = /^bind([rin]*)$/.exec(command) ?? [];
    if (flags === undefined) return 'bind: invalid flag';
    if (dispatcher !== 'event') return `Invalid dispatcher, requested "${dispatcher}" does not exist`;
    const [release, ignoreMods] = [flags.includes('r'), flags.includes('i')];
    this.list.push({ modmask, key, dispatcher, arg: args.join(', '), release, ignoreMods });
    return 'ok';
  }

  /** Understands the statements that the driver writes, each as Lua would run it. */
  #eval(code: string): string {
    if (code === 'codex_voice = codex_voice') return 'ok';
    const rest = code.replace('codex_voice = codex_voice or {} ', '');
    const removing =
      /^for _, each in ipairs\(codex_voice\["([^"]+)"\] or \{\}\) do each:remove\(\) end codex_voice\["\1"\] = nil$/;
    const [, removed] = removing.exec(rest) ?? [];
    if (removed !== undefined) {
      const gone = new Set(this.#kept.get(removed));
      this.list = this.list.filter((each) => !gone.has(each));
      this.#kept.delete(removed);
      return 'ok';
    }
    const [, name, calls] = /^codex_voice\["([^"]+)"\] = \{ (.*) \}$/.exec(rest) ?? [];
    if (name === undefined || calls === undefined) return `error: [string "${code}"]:1: syntax error`;
    const bind =
      /hl\.bind\("([^"]+)", hl\.dsp\.event\("([^"]+)"\), \{ description = "([^"]+)"((?:, \w+ = true)*) \}\)/g;
    const made = [...calls.matchAll(bind)].map(([, keys = '', arg = '', description = '', flags = '']) => {
      const parts = keys.split(' + ');
      const key = parts.pop() ?? '';
      const [release, ignoreMods] = [flags.includes('release'), flags.includes('ignore_mods')];
      return { modmask: mask(parts), key, description, dispatcher: 'event', arg, release, ignoreMods };
    });
    this.list.push(...made);
    this.#kept.set(name, made);
    return 'ok';
  }
}

function mask(modifiers: readonly string[]): number {
  return modifiers.reduce((sum, each) => sum + (MASKS[each] ?? 0), 0);
}
