import { isUtf8 } from 'node:buffer';

/** Why bytes are not text. Lines count from 1, bytes from 0. */
export class EncodingProblem extends Error {
  readonly line: number;
  readonly byte: number;
  /** UTF-16 or UTF-32 when the whole text is in that encoding, rather than one line at fault. */
  readonly encoding: 'UTF-16' | 'UTF-32' | null;

  constructor(message: string, line: number, byte: number, encoding: EncodingProblem['encoding'] = null) {
    super(message);
    this.line = line;
    this.byte = byte;
    this.encoding = encoding;
  }
}

/** Names the encoding of a byte order mark; null: there is no mark, or it means UTF-8. */
function markedEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-32' | null {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    return 'utf-32';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : null;
}

/**
 * Decodes UTF-8 and removes its byte order mark.
 * @throws EncodingProblem with line and byte when it is not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const marked = markedEncoding(bytes);
  if (marked !== null) {
    const name = marked === 'utf-32' ? 'UTF-32' : 'UTF-16';
    throw new EncodingProblem(`it is ${name}`, 1, 0, name);
  }
  if (!isUtf8(bytes)) throw brokenUtf8(bytes);
  if (hasZeros(bytes))
    throw new EncodingProblem('it looks like UTF-16 without a byte order mark', 1, 0, 'UTF-16');
  return new TextDecoder('utf-8').decode(bytes);
}

/** Decodes UTF-8, and UTF-16 with a byte order mark. @throws EncodingProblem */
export function decodeText(bytes: Uint8Array): string {
  const marked = markedEncoding(bytes);
  if (marked !== 'utf-16le' && marked !== 'utf-16be') return decodeUtf8(bytes);
  try {
    return new TextDecoder(marked, { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder(marked, { ignoreBOM: true }).decode(bytes);
    const at = text.indexOf('\ufffd');
    throw new EncodingProblem(
      'it is not valid UTF-16',
      lineOf(text.slice(0, Math.max(0, at))),
      Math.max(0, at) * 2,
      'UTF-16',
    );
  }
}

/** English in UTF-16 has a zero in every second byte, and is also valid UTF-8. */
function hasZeros(bytes: Uint8Array): boolean {
  const beginning = bytes.subarray(0, 64);
  const zeros = beginning.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  return beginning.length >= 4 && zeros * 3 >= beginning.length;
}

function brokenUtf8(bytes: Uint8Array): EncodingProblem {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found + 1;
    if (!isUtf8(bytes.subarray(start, end))) {
      const byte = start + validLength(bytes.subarray(start, end));
      const value = bytes[byte]?.toString(16).padStart(2, '0') ?? '';
      return new EncodingProblem(`it is not UTF-8: byte 0x${value} at offset ${byte}`, line, byte);
    }
    start = end;
  }
  return new EncodingProblem('it is not UTF-8', line, bytes.length);
}

/** Number of bytes at the beginning that are complete UTF-8 characters. */
function validLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function lineOf(text: string): number {
  return text.split('\n').length;
}

/** Names of characters that are invisible or easily mistaken for others. */
const DECEPTIVE = new Map([
  ['\u00a0', 'no-break space'],
  ['\u00ad', 'soft hyphen'],
  ['\u1680', 'ogham space'],
  ['\u180e', 'Mongolian vowel separator'],
  ['\u2000', 'en quad'],
  ['\u2001', 'em quad'],
  ['\u2002', 'en space'],
  ['\u2003', 'em space'],
  ['\u2007', 'figure space'],
  ['\u2009', 'thin space'],
  ['\u200a', 'hair space'],
  ['\u200b', 'zero-width space'],
  ['\u200c', 'zero-width non-joiner'],
  ['\u200d', 'zero-width joiner'],
  ['\u200e', 'left-to-right mark'],
  ['\u200f', 'right-to-left mark'],
  ['\u2028', 'line separator'],
  ['\u2029', 'paragraph separator'],
  ['\u202f', 'narrow no-break space'],
  ['\u205f', 'mathematical space'],
  ['\u2060', 'word joiner'],
  ['\u3000', 'ideographic space'],
  ['\ufeff', 'byte order mark'],
  ['\u201c', 'curly quotation mark'],
  ['\u201d', 'curly quotation mark'],
  ['\u201e', 'low quotation mark'],
  ['\u2018', 'curly apostrophe'],
  ['\u2019', 'curly apostrophe'],
]);

/** Finds the first character of a line that is invisible, or that editors substitute for another. */
export function deceptiveCharacter(line: string): { name: string; code: string; column: number } | null {
  for (const [index, character] of [...line].entries()) {
    // Nearly all characters are ASCII, and lines may be long.
    if (character <= '~') continue;
    const name =
      DECEPTIVE.get(character) ?? (/[\p{Cf}\p{Zs}]/u.test(character) ? 'invisible character' : null);
    if (name === null) continue;
    const code = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
    return { name, code, column: index + 1 };
  }
  return null;
}

/** Escapes invisible characters, so that a message shows them. */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
