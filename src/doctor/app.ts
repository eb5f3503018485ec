import { pathInApp } from '../macos/app-bundle.ts';
import { contentOf, xmlText } from '../service/definition-file.ts';
import { launchdDefinition } from '../service/launchd.ts';
import { type CheckContext, type Finding, ok, warning } from './check.ts';

/**
 * Checks that launchd starts the program inside the app. Only then macOS asks for the microphone in the name of the
 * app; otherwise it delivers silence. By Apple's documentation; not run on a Mac.
 * @param program absolute, without links
 */
export async function checkApp({ env }: CheckContext, program = process.execPath): Promise<Finding> {
  const path = pathInApp(program);
  if (path === null) {
    return warning({
      code: 'microphone-silent',
      message: `${program} is not inside Codex Voice.app. If launchd starts it, macOS gives it no microphone.`,
      hint:
        'Install the app with `brew install --cask codex-voice/tap/codex-voice`, then run `codex-voice service install`. ' +
        'Without the app, run `codex-voice daemon` in a terminal that may use the microphone.',
    });
  }
  const definition = await contentOf(launchdDefinition(env));
  if (definition !== null && !definition.includes(`<string>${xmlText(path)}</string>`)) {
    return warning({
      code: 'microphone-silent',
      message: `The service does not start this program (${path}), so macOS may give it no microphone.`,
      hint: 'Run `codex-voice service install`.',
    });
  }
  return ok(`${path}${definition === null ? '' : ', which the service starts'}`);
}
