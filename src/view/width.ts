/**
 * Wide in a terminal: East Asian Wide and Fullwidth (Unicode TR 11), flags, and what is an emoji by itself or through
 * a variation selector. JavaScript's regular expressions have no property for the first.
 */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|.\ufe0f)/u;
const NOTHING = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
const ASCII = /^[ -~]*$/;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function widthOfOne(grapheme: string): number {
  return NOTHING.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1;
}

/** Columns of a line in a terminal, as most of them draw it. */
export function widthOf(line: string): number {
  if (ASCII.test(line)) return line.length;
  let width = 0;
  for (const { segment } of graphemes.segment(line)) width += widthOfOne(segment);
  return width;
}

/**
 * As much of a line as fits, with "…" where something is missing, and no character cut in two.
 * @param keep which side matters
 */
export function cut(line: string, columns: number, keep: 'beginning' | 'end' = 'beginning'): string {
  if (widthOf(line) <= columns) return line;
  if (columns < 1) return '';
  const all = Array.from(graphemes.segment(line), ({ segment }) => segment);
  const order = keep === 'beginning' ? all : all.toReversed();
  let left = columns - 1;
  const kept = order.slice(
    0,
    order.findIndex((grapheme) => {
      left -= widthOfOne(grapheme);
      return left < 0;
    }),
  );
  return keep === 'beginning' ? `${kept.join('')}…` : `…${kept.toReversed().join('')}`;
}
