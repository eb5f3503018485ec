/** A key as a list of names and, in arrays, indexes: `['project', 0, 'path']`. */
export type KeyPath = readonly (string | number)[];

/** Both count from 1, as editors do. */
export interface Position {
  line: number;
  column: number;
}

/**
 * Finds where keys stand in a TOML document: tables, arrays of tables, dotted and quoted keys, inline tables and
 * array elements. The document must have been accepted by a TOML parser: smol-toml 1.9 gives positions for syntax
 * errors only, and this fills the gap without checking anything again.
 *
 * The result finds a key, or the nearest table above it that is written (a key that is missing has no place).
 */
export function locateKeys(toml: string): (path: KeyPath) => Position {
  const offsets = new KeyScanner(toml).scan();
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = offsets.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return positionAt(toml, offset);
    }
    return { line: 1, column: 1 };
  };
}

function positionAt(toml: string, offset: number): Position {
  const before = toml.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const BLANK = /(?:[ \t\r\n\uFEFF]|#[^\n]*)*/y;
const SPACE = /[ \t]*/y;
const KEY_PART = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|[A-Za-z0-9_-]+/y;
const STRING =
  /"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"{3,5}|'''[\s\S]*?'{3,5}|"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'/y;
const SCALAR = /[^,\]}#\n]*/y;

class KeyScanner {
  readonly #toml: string;
  readonly #offsets = new Map<string, number>();
  /** Number of `[[tables]]` of each name so far. */
  readonly #counts = new Map<string, number>();
  #at = 0;

  constructor(toml: string) {
    this.#toml = toml;
  }

  scan(): Map<string, number> {
    let table: KeyPath = [];
    for (this.#take(BLANK); this.#at < this.#toml.length; this.#take(BLANK)) {
      const before = this.#at;
      if (this.#peek('[')) table = this.#header();
      else this.#assignment(table);
      if (this.#at === before) break;
    }
    return this.#offsets;
  }

  #header(): KeyPath {
    const start = this.#at;
    const isArray = this.#toml.startsWith('[[', start);
    this.#at += isArray ? 2 : 1;
    const names = this.#keys().map((key) => key.name);
    this.#at += isArray ? 2 : 1;
    const path = this.#resolve(names, isArray);
    this.#note(path, start);
    if (isArray) this.#note(path.slice(0, -1), start);
    return path;
  }

  /** Puts the index of the newest element behind each name that is an array of tables. */
  #resolve(names: string[], isArray: boolean): KeyPath {
    const path: (string | number)[] = [];
    for (const [index, name] of names.entries()) {
      path.push(name);
      const key = JSON.stringify(path);
      if (isArray && index === names.length - 1) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      const count = this.#counts.get(key);
      if (count !== undefined) path.push(count - 1);
    }
    return path;
  }

  #assignment(table: KeyPath): void {
    const path = [...table];
    for (const key of this.#keys()) {
      path.push(key.name);
      this.#note(path, key.offset);
    }
    this.#at += 1;
    this.#value(path);
  }

  #keys(): { name: string; offset: number }[] {
    const keys: { name: string; offset: number }[] = [];
    for (;;) {
      this.#take(SPACE);
      const offset = this.#at;
      keys.push({ name: unquote(this.#take(KEY_PART)), offset });
      this.#take(SPACE);
      if (!this.#peek('.')) return keys;
      this.#at += 1;
    }
  }

  #value(path: KeyPath): void {
    this.#take(BLANK);
    if (this.#peek('[')) this.#members(']', (index) => this.#element([...path, index]));
    else if (this.#peek('{')) this.#members('}', () => this.#assignment(path));
    else if (this.#take(STRING) === '') this.#take(SCALAR);
  }

  #element(path: KeyPath): void {
    this.#note(path, this.#at);
    this.#value(path);
  }

  #members(end: string, member: (index: number) => void): void {
    this.#at += 1;
    for (let index = 0; this.#at < this.#toml.length; index += 1) {
      this.#take(BLANK);
      if (!this.#peek(end)) member(index);
      this.#take(BLANK);
      if (this.#peek(',')) this.#at += 1;
      else break;
    }
    this.#at += 1;
  }

  #note(path: KeyPath, offset: number): void {
    const key = JSON.stringify(path);
    if (!this.#offsets.has(key)) this.#offsets.set(key, offset);
  }

  #peek(character: string): boolean {
    return this.#toml[this.#at] === character;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#toml)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }
}

function unquote(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1);
  if (!key.startsWith('"')) return key;
  try {
    return String(JSON.parse(key));
  } catch {
    // TOML knows escapes that JSON does not (\U, \e); no known key needs one, and the raw text names it well enough.
    return key.slice(1, -1);
  }
}
