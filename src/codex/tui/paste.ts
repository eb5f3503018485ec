const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';

/**
 * Returns the keys that put a cleaned prompt into Codex's composer, without Enter (verified with Codex 0.169.0 and
 * 0.171.0). The space before it keeps a leading `!` from running a shell command and a leading `/` from being a command
 * of Codex. The space after it closes the pop-ups of `@file` and `$skill`, in which Enter would choose. Codex trims
 * both.
 */
export function pasteKeys(prompt: string): string {
  return [' ', ...piecesOf(prompt), ' '].map((text) => `${PASTE_BEGINS}${text}${PASTE_ENDS}`).join('');
}

/** The composer shows a longer paste as a placeholder, whatever it is. */
const MAX_PATH_CHARS = 1_000;

/**
 * Splits a path of an image before its extension: a paste that is such a path, however quoted, becomes the image itself
 * (Codex 0.169.0).
 */
function piecesOf(prompt: string): string[] {
  if (prompt.length > MAX_PATH_CHARS) return [prompt];
  const [extension] = /(?<=\.)[a-z]{2,5}\W{0,3}$/i.exec(prompt) ?? [];
  return extension === undefined ? [prompt] : [prompt.slice(0, -extension.length), extension];
}
