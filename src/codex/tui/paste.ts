import { VoiceError } from '../../errors.ts';
import { promptText, removedFromPrompt } from '../../text/clean.ts';

/** Codex 0.169.0 takes more than a million characters; nobody says that many, and a PTY takes its time. */
export const MAX_PROMPT_CHARS = 100_000;

const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';
export const ENTER = '\r';

/** Marks, joiners and fillers that show nothing by themselves; a prompt of them alone is empty. */
const SHOWS_NOTHING = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]|\p{M}/gu;

/**
 * Returns a prompt as it may be typed. Space around it goes, because Codex's composer takes it away anyway (0.169.0),
 * the indentation of the first line with it.
 * @throws VoiceError prompt-empty, prompt-too-long
 */
export function cleanPrompt(prompt: string): string {
  const clean = promptText(prompt).trim();
  if (clean.replaceAll(SHOWS_NOTHING, '') === '') {
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

/** Lists what cleanPrompt() changes in a prompt that a reader would notice, each as a sentence. */
export function promptChanges(prompt: string): string[] {
  // A byte order mark at the beginning belongs to the encoding.
  const changes = removedFromPrompt(prompt.replace(/^\ufeff/u, '')).map((what) => `${what} removed.`);
  if (/^[^\S\n]/u.test(promptText(prompt).replace(/^(?:[^\S\n]*\n)+/u, '')))
    changes.push("The indentation of the first line is lost: Codex's composer removes it.");
  return changes;
}

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
