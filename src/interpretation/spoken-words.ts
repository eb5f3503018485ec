/** Returns the words of an utterance for comparison: lower case, no punctuation, single spaces. */
export function spokenWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’]/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
