/** Why the file cannot be built, in a sentence for the user who builds it. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}
