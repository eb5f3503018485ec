import { colourAnswer, type TerminalColours } from '../terminal/colours.ts';

/** Input from the user's terminal. */
export interface KeysRead {
  /** Keys for the hidden terminal, unchanged. */
  keys: string;
  /** Half pages to scroll back (above 0) or forward. */
  scroll: number;
  /** The user detaches; input after that key is dropped. */
  detach: boolean;
  /** The terminal's answers about its colours. */
  colours: Partial<TerminalColours>;
  /** All answers have arrived. */
  answered: boolean;
}

const CTRL_BRACKET = '\x1d';
const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';

/** Kitty's keyboard protocol adds these to a key's modifiers while Caps Lock or Num Lock are on. */
const LOCKS = 64 | 128;
const SHIFT = 1;
const CTRL = 4;
/** Kitty's event types: pressed, repeated, released. */
const RELEASED = '3';

/** One sequence at a time: CSI, OSC, or one character. A lone escape is a key. */
const SEQUENCE =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bO[ -~]|[^\x1b\x1d]+|\x1b|\x1d/gu;
/** An incomplete answer. */
const CUT = /\x1b\]1[0-9;:/a-zA-Z]*\x1b?$/;

/**
 * Splits the input of the user's terminal into keys of this program, answers to its questions, and keys for Codex.
 * Pasted text goes to Codex as a whole.
 */
export class KeyReader {
  #pasting = false;
  #rest = '';

  read(chunk: string): KeysRead {
    const all = this.#rest + chunk;
    this.#rest = CUT.exec(all)?.[0] ?? '';
    const data = all.slice(0, all.length - this.#rest.length);
    const read: KeysRead = { keys: '', scroll: 0, detach: false, colours: {}, answered: false };
    for (const [sequence] of data.matchAll(SEQUENCE)) {
      if (sequence === PASTE_BEGINS) this.#pasting = true;
      if (sequence === PASTE_ENDS) this.#pasting = false;
      if (this.#pasting) read.keys += sequence;
      else if (isDetach(sequence)) return { ...read, detach: true };
      else this.#sort(sequence, read);
    }
    return read;
  }

  #sort(sequence: string, read: KeysRead): void {
    const scrolled = scrollOf(sequence);
    const answer = sequence.startsWith('\x1b]')
      ? colourAnswer(sequence.slice(2).replace(/(?:\x07|\x1b\\)$/, ''))
      : null;
    if (scrolled !== null) read.scroll += scrolled;
    else if (answer) read.colours[answer.name] = answer.value;
    // The device attributes, which only this program has requested.
    else if (/^\x1b\[\?[\d;]*c$/.test(sequence)) read.answered = true;
    else read.keys += sequence;
  }
}

/** True for Ctrl-], also as Kitty's protocol and xterm's modifyOtherKeys send it. */
function isDetach(sequence: string): boolean {
  if (sequence === CTRL_BRACKET || sequence === '\x1b[27;5;93~') return true;
  const [, modifiers, event] = /^\x1b\[93(?::\d*)*;(\d+)(?::(\d))?u$/.exec(sequence) ?? [];
  return modifiers !== undefined && held(modifiers) === CTRL && event !== RELEASED;
}

/** Shift with Page Up or Page Down; null: another key. */
function scrollOf(sequence: string): number | null {
  const [, key, modifiers, event] = /^\x1b\[([56]);(\d+)(?::(\d))?~$/.exec(sequence) ?? [];
  if (modifiers === undefined || held(modifiers) !== SHIFT) return null;
  if (event === RELEASED) return 0;
  return key === '5' ? 1 : -1;
}

function held(modifiers: string): number {
  return (Number(modifiers) - 1) & ~LOCKS;
}

/** Reports of mouse and focus: they are not typed, so they do not scroll to the newest rows. */
const REPORT = /\x1b\[<\d+;\d+;\d+[Mm]|\x1b\[[IO]/g;

/** True when the input contains typed keys. */
export function isTyped(keys: string): boolean {
  return keys.replaceAll(REPORT, '') !== '';
}

/** Removes mouse reports from outside a screen of that size, such as the status line. */
export function mouseWithin(keys: string, columns: number, rows: number): string {
  return keys.replaceAll(/\x1b\[<\d+;(\d+);(\d+)[Mm]/g, (report, column: string, row: string) =>
    Number(column) > columns || Number(row) > rows ? '' : report,
  );
}
