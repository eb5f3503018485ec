import { colourAnswer, type TerminalColours } from '../terminal/colours.ts';

/** What a person's terminal has sent. */
export interface KeysRead {
  /** For the program in the hidden terminal, as they came. */
  keys: string;
  /** Half pages to look back (above 0) or forward. */
  scroll: number;
  /** The person wants to leave; what came after that key is dropped. */
  detach: boolean;
  /** Answers to what the terminal was asked. */
  colours: Partial<TerminalColours>;
  /** All answers have come. */
  answered: boolean;
}

const CTRL_BRACKET = '\x1d';
const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';

/** Kitty's keyboard protocol adds these to a key's modifiers while Caps Lock or Num Lock are on. */
const LOCKS = 64 | 128;
const SHIFT = 1;
const CTRL = 4;
/** Of its event types: pressed, repeated, released. */
const RELEASED = '3';

/** One sequence at a time: CSI, OSC, or one character. A lone escape is a key. */
const SEQUENCE =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bO[ -~]|[^\x1b\x1d]+|\x1b|\x1d/gu;
/** An answer whose end has not come yet. */
const CUT = /\x1b\]1[0-9;:/a-zA-Z]*\x1b?$/;

/**
 * Takes apart what a person's terminal sends: keys of ours, its answers to our questions, and the rest, which is for
 * Codex. Nothing in a pasted text is a key of ours.
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
    // The device attributes: only we have asked.
    else if (/^\x1b\[\?[\d;]*c$/.test(sequence)) read.answered = true;
    else read.keys += sequence;
  }
}

/** Ctrl-], also as Kitty's protocol and modifyOtherKeys of xterm send it. */
function isDetach(sequence: string): boolean {
  if (sequence === CTRL_BRACKET || sequence === '\x1b[27;5;93~') return true;
  const [, modifiers, event] = /^\x1b\[93(?::\d*)*;(\d+)(?::(\d))?u$/.exec(sequence) ?? [];
  return modifiers !== undefined && held(modifiers) === CTRL && event !== RELEASED;
}

/** Shift and Page Up or Page Down; null: another key. */
function scrollOf(sequence: string): number | null {
  const [, key, modifiers, event] = /^\x1b\[([56]);(\d+)(?::(\d))?~$/.exec(sequence) ?? [];
  if (modifiers === undefined || held(modifiers) !== SHIFT) return null;
  if (event === RELEASED) return 0;
  return key === '5' ? 1 : -1;
}

function held(modifiers: string): number {
  return (Number(modifiers) - 1) & ~LOCKS;
}

/** Reports of the mouse and of the focus: not typed, so they bring nobody back to the newest rows. */
const REPORT = /\x1b\[<\d+;\d+;\d+[Mm]|\x1b\[[IO]/g;

/** Is there anything that a person has typed? */
export function isTyped(keys: string): boolean {
  return keys.replaceAll(REPORT, '') !== '';
}

/** Without reports of the mouse from outside of a screen of that size: of our own row, or of what lies beside it. */
export function mouseWithin(keys: string, columns: number, rows: number): string {
  return keys.replaceAll(/\x1b\[<\d+;(\d+);(\d+)[Mm]/g, (report, column: string, row: string) =>
    Number(column) > columns || Number(row) > rows ? '' : report,
  );
}
