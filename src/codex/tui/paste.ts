const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';

/**
 * The keys that put a cleaned prompt into Codex's composer, all but Enter (verified on Codex 0.169.0 and 0.171.0): the lone
 * space before it keeps a leading `!` from running a shell command and a leading `/` from being one of Codex's own;
 * the one after it closes the pop-ups of `@file` and `$skill`, in which Enter would choose. Codex trims both.
 */
export function pasteKeys(prompt: string): string {
  return [' ', ...piecesOf(prompt), ' '].map((text) => `${PASTE_BEGINS}${text}${PASTE_ENDS}`).join('');
}

/** Longer pastes the composer shows as one placeholder, whatever they are. */
const MAX_PATH_CHARS = 1_000;

/**
 * A paste that is the path of an image, however it is quoted, becomes the image itself (Codex 0.169.0). Neither what
 * comes before its extension nor the extension alone is such a path.
 */
function piecesOf(prompt: string): string[] {
  if (prompt.length > MAX_PATH_CHARS) return [prompt];
  const [extension] = /(?<=\.)[a-z]{2,5}\W{0,3}$/i.exec(prompt) ?? [];
  return extension === undefined ? [prompt] : [prompt.slice(0, -extension.length), extension];
}
