/**
 * Terminal sequences: CSI; strings (OSC, DCS, ...) that end on their line; character sets. Each stops at the next
 * escape, so that the time stays in proportion to the text: that of node:util's stripVTControlCharacters does not
 * (Node 24.21: 2 s for 40 kB of unfinished OSC).
 */
const terminalSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[ -/]+[0-~])/g;

/**
 * Text that is safe to show: no terminal escape sequences, no control characters but the newline, no bidirectional
 * embeddings, overrides or isolates (they could make a text read as another one), no lone surrogates and
 * noncharacters (D-Bus refuses some of them). Lines lose trailing blanks, several empty lines become one.
 */
export function plainText(text: string): string {
  const visible = text
    .replace(terminalSequence, '')
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, '  ')
    .replace(/(?!\n)[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufeff]/gu, '');
  // not a regular expression: those take a time that grows with the square of a run of blanks
  const lines = visible.split('\n').map((line) => line.trimEnd());
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
