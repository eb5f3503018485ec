/** What was said, as words to compare: lower case, without punctuation, one blank between two words. */
export function spokenWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’]/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
