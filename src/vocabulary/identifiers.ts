/** Shorter ones say nothing, longer ones are hashes and generated names. */
const SHORTEST = 3;
const LONGEST = 40;
/** Words that occur in nearly every text of a program. */
const IDENTIFIER = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** Base64, hashes and minified code: no line of handwritten code is that long. */
const LONGEST_LINE = 500;
const HEX = /^[0-9a-f]{8,}$/iu;

/** Adds the identifiers of a program's text to what was counted before. */
export function countIdentifiers(text: string, counts: Map<string, number>): void {
  for (const line of text.split('\n')) {
    if (line.length > LONGEST_LINE) continue;
    for (const [word] of line.matchAll(IDENTIFIER)) {
      const name = word.replace(/^[_$]+|[_$]+$/gu, '');
      if (name.length < SHORTEST || name.length > LONGEST || HEX.test(name)) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
}
