import { installCommand } from '../processes/packages.ts';
import { findPlayer } from '../sounds/sounds.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** Finds the program that plays the cues, without playing one. */
export async function checkSounds({ settings, env }: CheckContext): Promise<Finding> {
  if (!settings.reply.sound) return ok('off ([reply] sound = false)');
  const player = await findPlayer(env);
  if (player !== null) return ok(`played by ${player}`);
  return {
    state: 'warning',
    detail: 'No program that plays sounds is installed, so you will not hear when listening begins and ends.',
    hint: remedy(),
  };
}

/** Windows and macOS play sounds without another program. */
function remedy(): string {
  return ['win32', 'darwin'].includes(process.platform)
    ? 'To do without sounds, set sound = false under [reply].'
    : `Run \`${installCommand('pulseaudio-utils')}\`, or set sound = false under [reply].`;
}
