import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { appOf } from '../../macos/app-bundle.ts';
import { isExecutable } from '../../processes/programs.ts';
import { run } from '../../processes/run.ts';

/** Its name in Contents/MacOS of the app, where the main bundle of a program is the app. */
export const APP_NOTIFIER = 'codex-voice-notifier';

/** Every Mac has it (codesign(1)). */
const CODESIGN = '/usr/bin/codesign';

/**
 * Finds the program of the app around this one. macOS lets it show notifications only if the app is signed with a
 * certificate of Apple: one that is signed ad hoc is refused, without a question to the user.
 * @param program this program
 * @returns its path, or why it cannot be used
 */
export async function findAppNotifier(
  program: string,
  codesign = CODESIGN,
): Promise<{ path: string } | { reason: string }> {
  const app = appOf(await realpath(program).catch(() => program)); // A missing program is in no app.
  if (app === null) return { reason: 'codex-voice is not inside its app' };
  const path = join(app, 'Contents', 'MacOS', APP_NOTIFIER);
  if (!(await isExecutable(path))) return { reason: 'its program is not in the app' };
  // codesign(1): with -dv it writes about a signature to standard error, and from verbosity 2 on the chain of authorities.
  const { stderr } = await run(codesign, ['-dv', '--verbose=2', app]);
  return /^Authority=Developer ID Application: /m.test(stderr)
    ? { path }
    : { reason: 'the app is not signed with a Developer ID' };
}
