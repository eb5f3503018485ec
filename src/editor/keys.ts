/** What a terminal sent: a key by its name, text that was typed, or text that was pasted. */
export type Input = { type: 'key'; key: Key } | { type: 'text' | 'paste'; text: string };

export type Key =
  | 'send'
  | 'new-line'
  | 'cancel'
  | 'leave'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'word-left'
  | 'word-right'
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  | 'page-up'
  | 'page-down'
  | 'backspace'
  | 'delete'
  | 'kill-word-left'
  | 'kill-word-right'
  | 'kill-to-start'
  | 'kill-to-end'
  | 'yank'
  | 'undo'
  | 'redraw';

/** Single control characters, as readline and the editors of shells have them. */
const CONTROLS: Readonly<Record<string, Key>> = {
  '\r': 'send',
  '\n': 'new-line',
  '\x03': 'cancel',
  '\x18': 'leave',
  '\x01': 'line-start',
  '\x05': 'line-end',
  '\x02': 'left',
  '\x06': 'right',
  '\x10': 'up',
  '\x0e': 'down',
  '\x7f': 'backspace',
  '\x08': 'backspace',
  '\x04': 'delete',
  '\x17': 'kill-word-left',
  '\x15': 'kill-to-start',
  '\x0b': 'kill-to-end',
  '\x19': 'yank',
  '\x1a': 'undo',
  '\x1f': 'undo',
  '\x0c': 'redraw',
};

/** What follows an escape character: Alt and a key. */
const WITH_ALT: Readonly<Record<string, Key>> = {
  '\r': 'new-line',
  '\n': 'new-line',
  '\x7f': 'kill-word-left',
  '\x08': 'kill-word-left',
  b: 'word-left',
  f: 'word-right',
  d: 'kill-word-right',
  '<': 'text-start',
  '>': 'text-end',
};

/** The end of a CSI or SS3 sequence, with its parameters but without a modifier. */
const SEQUENCES: Readonly<Record<string, Key>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'line-start',
  F: 'line-end',
  '1~': 'line-start',
  '7~': 'line-start',
  '4~': 'line-end',
  '8~': 'line-end',
  '3~': 'delete',
  '5~': 'page-up',
  '6~': 'page-down',
  // Enter on the keypad.
  M: 'send',
};

/** With Alt, Control or both: by words, and over the whole text. */
const MODIFIED: Readonly<Partial<Record<Key, Key>>> = {
  left: 'word-left',
  right: 'word-right',
  'line-start': 'text-start',
  'line-end': 'text-end',
  delete: 'kill-word-right',
};

const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';
const ALT_OR_CONTROL = 0b110;

/** A lone escape character is the key when nothing follows within this time, ms: sequences come in one piece. */
export const ESCAPE_MS = 50;

/** Takes apart what a terminal sends, in whatever pieces it comes. */
export class KeyReader {
  #rest = '';
  #pasting = false;

  /** An escape character waits for what may follow it; `flush` after ESCAPE_MS. */
  get pending(): boolean {
    return !this.#pasting && this.#rest !== '';
  }

  read(data: string): Input[] {
    this.#rest += data;
    const inputs: Input[] = [];
    while (this.#rest !== '') {
      const before = this.#rest;
      const input = this.#pasting ? this.#paste() : this.#next();
      if (input) inputs.push(input);
      if (this.#rest === before) break;
    }
    return inputs;
  }

  /** Nothing follows: what waits is the Escape key, or a sequence that nobody knows. */
  flush(): Input[] {
    if (!this.pending) return [];
    const alone = this.#rest === '\x1b';
    this.#rest = '';
    return alone ? [{ type: 'key', key: 'cancel' }] : [];
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  /** Pasted text is text, whatever is in it. */
  #paste(): Input | null {
    const end = this.#rest.indexOf(PASTE_ENDS);
    if (end >= 0) {
      const text = this.#take(end);
      this.#take(PASTE_ENDS.length);
      this.#pasting = false;
      return text === '' ? null : { type: 'paste', text };
    }
    // Its end may have come in part.
    const safe = this.#rest.length - (PASTE_ENDS.length - 1);
    return safe > 0 ? { type: 'paste', text: this.#take(wholeCharacters(this.#rest, safe)) } : null;
  }

  #next(): Input | null {
    const rest = this.#rest;
    if (rest.startsWith('\x1b')) return this.#escape(rest);
    const text = /^[^\x00-\x1f\x7f]+/.exec(rest)?.[0];
    if (text !== undefined) return { type: 'text', text: this.#take(text.length) };
    const key = CONTROLS[this.#take(1)];
    return key === undefined ? null : { type: 'key', key };
  }

  #escape(rest: string): Input | null {
    if (rest.startsWith(PASTE_BEGINS)) {
      this.#take(PASTE_BEGINS.length);
      this.#pasting = true;
      return null;
    }
    const sequence = /^\x1b+(?:\[([0-9;:<=>?]*)[ -/]*([@-~])|O([ -~]))/.exec(rest);
    if (sequence) {
      this.#take(sequence[0].length);
      return keyOf(sequence[1] ?? '', sequence[2] ?? sequence[3] ?? '');
    }
    // Not whole yet.
    if (/^\x1b+(?:\[[0-9;:<=>?]*[ -/]*|O)?$/.test(rest)) return null;
    if (/^\x1b\x1b/.test(rest)) {
      this.#take(1);
      return null;
    }
    const [, after = ''] = rest;
    this.#take(1 + after.length);
    const key = WITH_ALT[after];
    return key === undefined ? null : { type: 'key', key };
  }
}

function keyOf(parameters: string, final: string): Input | null {
  const [first = '', modifier = '1'] = parameters.split(';');
  const plain = SEQUENCES[final === '~' ? `${first}~` : final];
  // Kitty's and xterm's way of telling Enter with a modifier.
  if ((final === 'u' && first === '13') || (final === '~' && first === '27' && parameters.endsWith(';13')))
    return { type: 'key', key: 'new-line' };
  if (plain === undefined) return null;
  const modified = ((Number(modifier) - 1) & ALT_OR_CONTROL) !== 0;
  return { type: 'key', key: (modified && MODIFIED[plain]) || plain };
}

/** Not in the middle of a surrogate pair. */
function wholeCharacters(text: string, length: number): number {
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}
