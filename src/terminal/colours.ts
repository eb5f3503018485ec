/** Colours of a terminal, as OSC 10, 11 and 12 of xterm name them: `rgb:RRRR/GGGG/BBBB`. */
export interface TerminalColours {
  foreground: string;
  background: string;
  cursor: string;
}

/**
 * The colours that the hidden terminal reports: light text on a dark background. Codex 0.169.0 asks once, when it
 * starts.
 */
export const HIDDEN_COLOURS: TerminalColours = {
  foreground: 'rgb:e6e6/e6e6/e6e6',
  background: 'rgb:1e1e/1e1e/1e1e',
  cursor: 'rgb:e6e6/e6e6/e6e6',
};

const CODES = { foreground: 10, background: 11, cursor: 12 } as const;
const NAMES = Object.keys(CODES) as (keyof typeof CODES)[];

/**
 * Asks a terminal for its colours, then for its attributes (DA1), which every terminal answers: after that answer no
 * colour follows.
 */
export const ASK_COLOURS = `${NAMES.map((name) => `\x1b]${CODES[name]};?\x1b\\`).join('')}\x1b[c`;

/** Returns the sequences that set these colours. */
export function setColours(colours: Partial<TerminalColours>): string {
  return NAMES.flatMap((name) =>
    colours[name] === undefined ? [] : [`\x1b]${CODES[name]};${colours[name]}\x1b\\`],
  ).join('');
}

/** Returns the sequences that restore the earlier colours. An unknown cursor colour is reset to the default. */
export function restoreColours(before: Partial<TerminalColours>): string {
  return setColours(before) + (before.cursor === undefined ? '\x1b]112\x1b\\' : '');
}

/** Parses the answer to a colour question; null: it is something else. @param data the part between OSC and ST */
export function colourAnswer(data: string): { name: keyof TerminalColours; value: string } | null {
  const [, code, value] = /^(1[012]);(rgba?:[0-9a-f/]{5,24})$/i.exec(data) ?? [];
  const name = NAMES.find((each) => String(CODES[each]) === code);
  return name === undefined || value === undefined ? null : { name, value };
}

/** True when the colour is nearer to white than to black, by Rec. 601; false when it cannot be parsed. */
export function isLight(colour: string): boolean {
  const parts = /^rgba?:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)/i.exec(colour)?.slice(1) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map(
    (hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5;
}
