/** Colours of a terminal, as OSC 10, 11 and 12 of xterm name them: `rgb:RRRR/GGGG/BBBB`. */
export interface TerminalColours {
  foreground: string;
  background: string;
  cursor: string;
}

/** What the hidden terminal says of itself: light text on a dark ground. Codex 0.169.0 asks once, when it starts. */
export const HIDDEN_COLOURS: TerminalColours = {
  foreground: 'rgb:e6e6/e6e6/e6e6',
  background: 'rgb:1e1e/1e1e/1e1e',
  cursor: 'rgb:e6e6/e6e6/e6e6',
};

const CODES = { foreground: 10, background: 11, cursor: 12 } as const;
const NAMES = Object.keys(CODES) as (keyof typeof CODES)[];

/** Asks a terminal for its colours, and then for what every terminal answers (DA1): after that no colour comes. */
export const ASK_COLOURS = `${NAMES.map((name) => `\x1b]${CODES[name]};?\x1b\\`).join('')}\x1b[c`;

/** Gives a terminal these colours. */
export function setColours(colours: Partial<TerminalColours>): string {
  return NAMES.flatMap((name) =>
    colours[name] === undefined ? [] : [`\x1b]${CODES[name]};${colours[name]}\x1b\\`],
  ).join('');
}

/** Back to what they were: those that are known are set, the cursor's is reset to its default otherwise. */
export function restoreColours(before: Partial<TerminalColours>): string {
  return setColours(before) + (before.cursor === undefined ? '\x1b]112\x1b\\' : '');
}

/** Which colour an answer is about, and what it says; null: it is none. @param data what stands in OSC ... ST */
export function colourAnswer(data: string): { name: keyof TerminalColours; value: string } | null {
  const [, code, value] = /^(1[012]);(rgba?:[0-9a-f/]{5,24})$/i.exec(data) ?? [];
  const name = NAMES.find((each) => String(CODES[each]) === code);
  return name === undefined || value === undefined ? null : { name, value };
}

/** Is it nearer to white? By Rec. 601; false when it cannot be read. */
export function isLight(colour: string): boolean {
  const parts = /^rgba?:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)/i.exec(colour)?.slice(1) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map(
    (hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5;
}
