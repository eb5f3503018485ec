import type { ErrorReport } from '../errors.ts';
import {
  chooseSource,
  type Missing,
  type SoundSource,
  type SoundWorld,
  silentHeadset,
} from './pulse/sound-world.ts';

/** What to do with a Bluetooth headset in its music profile: the setting `[audio] headset_profile`. */
export type HeadsetProfile = 'ask' | 'switch' | 'keep';

/** Says why there is nothing to record. @param device as in the settings */
export function noSourceReport(world: SoundWorld, device: string, why: Missing): ErrorReport {
  if (why === 'unknown') {
    return {
      code: 'microphone-failed',
      message: `The sound server has no source "${device}".`,
      hint: 'Plug it in, or set [audio] device to one that `pactl list short sources` shows.',
    };
  }
  const headset = silentHeadset(world, device);
  if (headset) return musicProfile(headset.card.description);
  const [monitor] = world.sources;
  return {
    code: 'microphone-failed',
    message: monitor
      ? `There is no microphone: the sound server has only ${quoted(monitor)}, which hears a loudspeaker.`
      : 'There is no microphone: the sound server has no source.',
    hint: 'Plug a microphone in, or choose one in the sound settings.',
  };
}

/**
 * Explains why nothing can be heard from a source; null: no problem is known.
 * @param suspended it delivers no sound although it is recorded
 * @param holder the program with exclusive use of the device, if known
 */
export function sourceTrouble(
  source: SoundSource,
  { suspended, holder }: { suspended: boolean; holder: string | null },
): ErrorReport | null {
  const { name, port } = source;
  if (source.muted) {
    return {
      code: 'microphone-silent',
      message: `The microphone ${quoted(source)} is muted.`,
      hint: `Unmute it in the sound settings, or run \`pactl set-source-mute ${name} 0\`.`,
    };
  }
  if (source.volume === 0) {
    return {
      code: 'microphone-silent',
      message: `The volume of the microphone ${quoted(source)} is zero.`,
      hint: `Turn it up in the sound settings, or run \`pactl set-source-volume ${name} 100%\`.`,
    };
  }
  if (suspended) {
    return {
      code: 'microphone-silent',
      message: holder
        ? `The microphone ${quoted(source)} gives no sound because ${holder} uses it exclusively.`
        : `The microphone ${quoted(source)} is suspended and gives no sound.`,
      hint: holder
        ? `Close ${holder}, or choose another microphone in the sound settings.`
        : `Run \`pactl suspend-source ${name} 0\`, or choose another microphone in the sound settings.`,
    };
  }
  if (port?.plugged === false) {
    return {
      code: 'microphone-silent',
      message: `Nothing is plugged into "${port.description}" of ${quoted(source)}.`,
      hint: 'Plug the microphone in, or choose another microphone in the sound settings.',
    };
  }
  return null;
}

/** Says what is wrong with the source that a recording would use now; null: nothing is known to be wrong. */
export function worldTrouble(world: SoundWorld, device: string, headset: HeadsetProfile): ErrorReport | null {
  const choice = chooseSource(world, device);
  // A name that the server does not know can be one of ALSA's, for the recorders behind it.
  if (choice.source === null)
    return choice.why === 'unknown' ? null : noSourceReport(world, device, choice.why);
  const trouble = sourceTrouble(choice.source, { suspended: false, holder: null });
  if (trouble !== null || headset !== 'ask') return trouble;
  const silent = silentHeadset(world, device);
  return silent && musicProfile(silent.card.description);
}

function musicProfile(headset: string): ErrorReport {
  return {
    code: 'microphone-silent',
    message: `The headset "${headset}" is in its music profile, which has no microphone.`,
    hint:
      'Choose its headset profile in the sound settings, or set headset_profile = "switch" under [audio] to do that ' +
      'while you speak; "keep" ends this message.',
  };
}

function quoted({ description }: SoundSource): string {
  return `"${description}"`;
}
