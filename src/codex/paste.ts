import { VoiceError } from '../errors.ts';

/** Codex 0.169.0 takes more than a million characters; nobody says that many, and a PTY takes its time. */
export const MAX_PROMPT_CHARS = 100_000;

const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';
export const ENTER = '\r';

/**
 * A prompt as it may go into a terminal: lines end in LF, tabs are spaces, and what could steer a terminal, hide
 * or reorder text is gone. Emoji stay whole (U+200D joins them), so do the marks of right-to-left scripts.
 * @throws VoiceError prompt-empty, prompt-too-long
 */
export function cleanPrompt(prompt: string): string {
  const clean = prompt
    .replaceAll(/\r\n?|[\u2028\u2029]/gu, '\n')
    .replaceAll('\t', '    ')
    // C0 but LF, DEL and C1: without ESC no bracketed paste can end early.
    .replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/gu, '')
    // Halves of a surrogate pair are no characters.
    .replaceAll(/\p{Cs}/gu, '')
    // Bidirectional embeddings, overrides and isolates; zero-width space; byte order mark.
    .replaceAll(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff]/gu, '')
    .trim();
  if (!clean) {
    throw new VoiceError('prompt-empty', 'There is nothing to send.', 'Say or type what Codex is to do.');
  }
  if (clean.length > MAX_PROMPT_CHARS) {
    throw new VoiceError(
      'prompt-too-long',
      `The prompt has ${clean.length} characters; ${MAX_PROMPT_CHARS} is the most that is sent.`,
      'Put the text into a file of the project and ask Codex to read it.',
    );
  }
  return clean;
}

/**
 * The keys that put a cleaned prompt into Codex's composer, all but Enter (verified on Codex 0.169.0): the lone
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
