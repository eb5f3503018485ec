/** What keeps the file from being built, in a sentence for the person who builds it. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}
