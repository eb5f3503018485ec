import { VoiceError } from '../errors.ts';
import { promptText, removedFromPrompt } from '../text/clean.ts';

/** Codex 0.169.0 takes more than a million characters, but this is more than anyone says, and a PTY is slow. */
const MAX_PROMPT_CHARS = 100_000;

/** Characters that are invisible by themselves; a prompt of only these is empty. */
const SHOWS_NOTHING = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]|\p{M}/gu;

/**
 * Returns a prompt as it may be typed, without space around it: Codex's composer removes that (0.169.0), with the
 * indentation of the first line.
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
      `The prompt has ${clean.length} characters, and at most ${MAX_PROMPT_CHARS} can be sent.`,
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
