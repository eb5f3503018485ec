import type { Line, Look } from './cells.ts';

/** Select Graphic Rendition (ECMA-48): a code that sets a style, and one that resets only that. */
const SGR = {
  strong: [1, 22],
  dim: [2, 22],
  emphasis: [3, 23],
  underlined: [4, 24],
  reversed: [7, 27],
  struck: [9, 29],
  red: [91, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
type Style = keyof typeof SGR;

/** Only the sixteen theme colours, each with one meaning, so that the user's theme applies. */
const COLOURED: Readonly<Record<Look, readonly Style[]>> = {
  plain: [],
  strong: ['strong'],
  dim: ['dim'],
  emphasis: ['emphasis'],
  struck: ['struck'],
  code: ['cyan'],
  link: ['underlined'],
  accent: ['strong', 'cyan'],
  good: ['green'],
  warn: ['yellow'],
  bad: ['red'],
  added: ['green'],
  removed: ['red'],
  chosen: ['reversed'],
};

/** Without colours (https://no-color.org), weight distinguishes them. */
const COLOURLESS: typeof COLOURED = {
  ...COLOURED,
  code: ['emphasis'],
  accent: ['strong'],
  good: [],
  warn: ['strong'],
  bad: ['strong'],
  added: [],
  removed: ['dim'],
};

const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

/** Returns a line with its escape sequences. Each style begins and ends in its span. */
export function painted(line: Line, colours: boolean): string {
  const theme = colours ? COLOURED : COLOURLESS;
  return line
    .map(({ text, look }) => {
      // Spans are already clean; this is the last check.
      const plain = text.replace(CONTROL, '');
      if (plain === '') return '';
      const styles = theme[look].map((style) => SGR[style]);
      const on = styles.map(([set]) => `\x1b[${set}m`).join('');
      const off = styles.toReversed().map(([, reset]) => `\x1b[${reset}m`);
      return `${on}${plain}${off.join('')}`;
    })
    .join('');
}

/** True unless the environment forbids colours. */
export function wantsColours(env: NodeJS.ProcessEnv): boolean {
  return !env.NO_COLOR;
}
