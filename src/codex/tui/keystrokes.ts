/** Keys in the encoding of Codex's terminal. */
export const ENTER = '\r';
export const ESCAPE = '\x1b';
export const PAGE_DOWN = '\x1b[6~';
