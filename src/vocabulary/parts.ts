/** Pieces of an identifier, in reading order. */
const PIECE = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{N}+|[^\p{L}\p{N}\s]+|\p{Lo}+/gu;

/** The words and numbers of an identifier in lower case: `parseHTTPHeader.ts` -> parse, http, header, ts. */
export function partsOf(written: string): string[] {
  return piecesOf(written).filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

/** The words, numbers and symbols, in lower case: `parse_config.ts` -> parse, _, config, ., ts. */
export function piecesOf(written: string): string[] {
  return written.match(PIECE)?.map((piece) => piece.toLowerCase()) ?? [];
}

/**
 * True for more than one word, or a word with a symbol in it: `getUser`, `get_user`, `config.ts`, `--force`, `utf8`.
 */
export function isCompound(written: string): boolean {
  return piecesOf(written.replace(/^[_$]+|[_$]+$/gu, '')).length > 1;
}
