/**
 * Untrusted text as a person is to judge it: what a screen would not show is written out (`␛`, `⟨202E⟩`), so that
 * what is read is all there is. Line breaks and tabs stay.
 */
export function visible(text: string): string {
  return text
    .replaceAll(/\r\n/g, '\n')
    .replaceAll(/(?![\n\t])[\x00-\x1f]/g, (character) =>
      String.fromCodePoint(0x2400 + character.charCodeAt(0)),
    )
    .replaceAll(/[\x7f-\x9f\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    });
}
