/**
 * Returns the folder of the app that a program is the main part of, and null for any other program.
 * @param program absolute, without links
 */
export function appOf(program: string): string | null {
  return /^(.+\.app)\/Contents\/MacOS\/[^/]+$/.exec(program)?.[1] ?? null;
}

/**
 * Returns the path by which launchd starts a program that is inside an app, and null for any other program. macOS asks
 * for the microphone in the name of the app only if that path leads into it, and not through a link in PATH. Homebrew's
 * folder of a version is replaced by its link to the version in use.
 * @param program absolute, without links
 */
export function pathInApp(program: string): string | null {
  return appOf(program) === null ? null : program.replace(/\/Cellar\/([^/]+)\/[^/]+\//, '/opt/$1/');
}
